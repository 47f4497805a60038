import type { Blocks, Template } from "../setups/template.ts";

/**
 * Merges two stacks of one account into one template. The existing resources of the second are those of the first.
 * Terraform keeps separate states; here the names of the second get a prefix.
 *
 * @param existing addresses in the first stack, by the ids in the second
 */
export function combined(
  first: Template,
  second: Template,
  existing: Readonly<Record<string, string>>,
  prefix: string,
): Template {
  const other = withReferences(withPrefix(second, prefix), existing);
  return {
    ...first,
    ...inSections((section) => merged(first[section] ?? {}, other[section] ?? {})),
  };
}

/** The local ECS cannot change hosts, listeners and target groups while it runs. */
const FIXED = new Set(["aws_lb", "aws_lb_listener", "aws_lb_target_group", "aws_security_group"]);

/** The part of a stack that must exist from the start: its load balancer, without an app. */
export function fixedParts({ resource }: Template): Template {
  const entries = Object.entries(resource).filter(([type]) => FIXED.has(type));
  return { resource: Object.fromEntries(entries) };
}

/** The template with the load balancer of another version of the stack. */
export function withFixedParts(template: Template, { resource }: Template): Template {
  return { ...template, resource: { ...template.resource, ...resource } };
}

const sections = ["resource", "ephemeral", "data"] as const;
type Section = (typeof sections)[number];

const inSections = (blocksOf: (section: Section) => Blocks): Record<Section, Blocks> => ({
  resource: blocksOf("resource"),
  ephemeral: blocksOf("ephemeral"),
  data: blocksOf("data"),
});

function withPrefix(template: Template, prefix: string): Template {
  let text = JSON.stringify(template);
  for (const section of sections) {
    for (const [type, blocks] of Object.entries(template[section] ?? {})) {
      for (const name of Object.keys(blocks)) {
        text = text.replaceAll(
          new RegExp(`\\b${type}\\.${name}\\b`, "g"),
          `${type}.${prefix}${name}`,
        );
      }
    }
  }
  const named = JSON.parse(text) as Template;
  const prefixed = <T>(blocks: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(blocks).map(([name, block]) => [prefix + name, block]));
  const renamed = (section: Section): Blocks =>
    Object.fromEntries(
      Object.entries(named[section] ?? {}).map(([type, blocks]) => [type, prefixed(blocks)]),
    );
  return { ...named, ...inSections(renamed) };
}

function withReferences(template: Template, existing: Readonly<Record<string, string>>): Template {
  const text = Object.entries(existing).reduce(
    (json, [id, reference]) => json.replaceAll(id, reference),
    JSON.stringify(template),
  );
  return JSON.parse(text) as Template;
}

function merged(one: Blocks, other: Blocks): Blocks {
  const types = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...types].map((type) => [type, { ...one[type], ...other[type] }]));
}
