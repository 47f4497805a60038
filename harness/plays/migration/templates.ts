import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { synthesize } from "../../../stacks/synthesize.ts";

/** Blocks by type and name. */
type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;
type Block = Readonly<Record<string, unknown>>;

export interface Template {
  readonly resource: Blocks;
  readonly ephemeral?: Blocks;
  readonly data?: Blocks;
  readonly [section: string]: unknown;
}

/** The stack of an environment of that name. */
export function stackOf(name: string, environment: EnvironmentInput): Template {
  const outdir = mkdtempSync(join(tmpdir(), "migration-"));
  try {
    const [written] = synthesize({ [name]: environment }, { outdir });
    return JSON.parse(readFileSync(written?.path ?? "", "utf8")) as Template;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/**
 * Two stacks of one account as one template: what the second names as existing is what the first has
 * made. Terraform keeps their states apart; here every name of the second gets a prefix.
 *
 * @param existing from an id in the second stack to what it is in the first
 */
export function together(
  first: Template,
  second: Template,
  existing: Readonly<Record<string, string>>,
  prefix: string,
): Template {
  const other = withReferences(withPrefix(second, prefix), existing);
  const both = (section: Section): Blocks => merged(first[section] ?? {}, other[section] ?? {});
  return { ...first, resource: both("resource"), ephemeral: both("ephemeral"), data: both("data") };
}

/** The local ECS cannot change hosts, listeners and target groups while it runs. */
const FIXED = new Set(["aws_lb", "aws_lb_listener", "aws_lb_target_group", "aws_security_group"]);

/** What of a stack must be there from the start: its load balancer, which has nobody behind it yet. */
export function fixedParts({ resource }: Template): Template {
  const entries = Object.entries(resource).filter(([type]) => FIXED.has(type));
  return { resource: Object.fromEntries(entries) };
}

/** The template with the load balancer of another version of its stack. */
export function withFixedParts(template: Template, { resource }: Template): Template {
  return { ...template, resource: { ...template.resource, ...resource } };
}

/** The template with some of its blocks changed, or gone where the change gives undefined. */
export function changed(
  template: Template,
  change: (type: string, name: string, block: Block) => Block | undefined,
): Template {
  const resource = Object.fromEntries(
    Object.entries(template.resource).map(([type, blocks]) => {
      const kept = Object.entries(blocks).flatMap(([name, block]) => {
        const after = change(type, name, block);
        return after === undefined ? [] : [[name, after] as const];
      });
      return [type, Object.fromEntries(kept)];
    }),
  );
  return { ...template, resource };
}

const sections = ["resource", "ephemeral", "data"] as const;
type Section = (typeof sections)[number];

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
  const renamed = (section: Section): Blocks =>
    Object.fromEntries(
      Object.entries(named[section] ?? {}).map(([type, blocks]) => [
        type,
        Object.fromEntries(
          Object.entries(blocks).map(([name, block]) => [`${prefix}${name}`, block]),
        ),
      ]),
    );
  const own = {
    resource: renamed("resource"),
    ephemeral: renamed("ephemeral"),
    data: renamed("data"),
  };
  return { ...named, ...own };
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
