import { asBody, type Template } from "../rules/template.ts";
import { statedOtherwise } from "./expressions.ts";
import { providerNotes, providerProblems } from "./providers.ts";
import type { ConfiguredResource, Plan } from "./plan-schema.ts";

// `apply` carries out the configuration that is inside a saved plan. Some of it acts without being in the list of
// changes: a provisioner runs a command, a data source or a provider can run a program. So nothing may be in it that
// the synthesized environment does not have.

/** What a plan's configuration has that the environment does not have. */
export function* configurationProblems(plan: Plan, template: Template): Generator<string> {
  const { configuration } = plan;
  if (configuration === undefined) {
    return yield "has no configuration, so what it would run cannot be checked";
  }
  const { root_module: root } = configuration;
  const own = declaredIn(template);
  const unchanged = unchangedIn(plan);
  for (const resource of root.resources) yield* resourceProblems(resource, own, unchanged);
  yield* changesWithoutConfiguration(plan, own);
  yield* notIn(template.json["output"], "output", root.outputs);
  yield* notIn(template.json["variable"], "variable", { ...root.variables, ...plan.variables });
  yield* notIn(template.json["module"], "module", root.module_calls);
  // The stacks have no conditions. A check block can have a data source of its own.
  for (const { address } of plan.checks) {
    yield `${address.to_display}: has a check, which the environment does not have`;
  }
  yield* providerProblems(plan, template);
}

/** Differences between the configuration and the environment that change nothing. */
export function* configurationNotes(plan: Plan, template: Template): Generator<string> {
  const { resources = [] } = plan.configuration?.root_module ?? {};
  const own = declaredIn(template);
  const stated = new Set(resources.map(({ address }) => address));
  const extra = [...stated].filter((address) => !own.has(address));
  if (extra.length > 0) yield `unchanged, but not in the environment: ${listed(extra)}`;
  // Terraform 1.11 writes no ephemeral resources into the JSON. OpenTofu lists them among the changes.
  const missing = [...own.keys()].filter(
    (address) => !stated.has(address) && !address.startsWith("ephemeral."),
  );
  if (missing.length > 0) yield `in the environment, but not in the plan: ${listed(missing)}`;
  yield* providerNotes(plan, template);
}

const listed = ([first = "", ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} and ${others.length} more`;

function* resourceProblems(
  { address, mode, provisioners, expressions }: ConfiguredResource,
  own: Declared,
  unchanged: ReadonlySet<string>,
): Generator<string> {
  if (provisioners.length > 0) {
    const types = provisioners.map(({ type }) => type);
    yield `${address}: runs the provisioner ${types.join(", ")}`;
  }
  // A managed resource does nothing while it is unchanged. The others read something with every plan.
  if (mode === "managed" && (own.has(address) || unchanged.has(address))) return;
  if (own.has(address)) {
    const paths = statedOtherwise(own.get(address), expressions);
    if (paths.length > 0) yield `${address}: ${paths.join(", ")} is not as in the environment`;
    return;
  }
  const kinds = { managed: "resource", data: "data source", ephemeral: "ephemeral resource" };
  yield `${address}: the environment does not have this ${kinds[mode]}`;
}

/** Terraform deletes or forgets a resource that is not in the configuration. Ephemeral ones are never in the state. */
function* changesWithoutConfiguration(plan: Plan, own: Declared): Generator<string> {
  const stated = new Set(plan.configuration?.root_module.resources.map(({ address }) => address));
  for (const { address, mode } of plan.resource_changes) {
    const isStated = stated.has(withoutKey(address)) || (mode === "ephemeral" && own.has(address));
    if (!isStated) yield `${address}: is not in the plan's configuration`;
  }
}

/** The address of a resource without the key of an instance: `a.b["c"]` is `a.b`. */
const withoutKey = (address: string): string => address.replace(/\[.*\]$/s, "");

function unchangedIn({ resource_changes: changes }: Plan): Set<string> {
  const isUnchanged = changes.filter(({ change: { actions } }) => actions.join() === "no-op");
  return new Set(isUnchanged.map(({ address }) => withoutKey(address)));
}

/** What the environment has, by address, with the arguments. */
type Declared = ReadonlyMap<string, unknown>;

function declaredIn({ json }: Template): Declared {
  const named = (block: string, prefix: string) =>
    Object.entries(asBody(json[block])).flatMap(([type, byName]) =>
      Object.entries(asBody(byName)).map(
        ([name, body]) => [`${prefix}${type}.${name}`, body] as const,
      ),
    );
  return new Map([
    ...named("resource", ""),
    ...named("data", "data."),
    ...named("ephemeral", "ephemeral."),
  ]);
}

function* notIn(own: unknown, what: string, stated: object): Generator<string> {
  const names = new Set(Object.keys(asBody(own)));
  for (const name of Object.keys(stated)) {
    if (!names.has(name)) yield `${what} ${name}: the environment does not have it`;
  }
}
