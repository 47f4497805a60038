import type { Plan } from "./plan.ts";
import { at, differences, type Fields, fieldsOf, isFields, listOf } from "./values.ts";
import { mapped, normal } from "./values.ts";

// `apply` carries out the configuration that is inside a saved plan. Some of it acts without being in the list of
// changes: a data source or a provider can run a program. So it must be written as in the synthesized environment.

/**
 * Where a plan's configuration is not that of the environment.
 * @param apps the addresses of the app's resources
 */
export function* configurationProblems(
  plan: Plan,
  module: Fields,
  apps: string[],
): Generator<string> {
  const { provider_config: providers, root_module: root } = fieldsOf(plan["configuration"]);
  const resources = listOf(at(root, "resources"));
  const addresses = new Set(resources.map(({ address }) => address));
  const bodies = { ...module, ...fieldsOf(module["resource"]) };
  // Terraform deletes or forgets what is not in the configuration. It writes no ephemeral resources there.
  for (const { address, mode } of plan.resource_changes) {
    const isStated = addresses.has(address) || (mode === "ephemeral" && at(bodies, address));
    if (!isStated) yield `${address}: is not in the plan's configuration`;
  }
  for (const name of Object.keys(fieldsOf(at(root, "outputs")))) {
    if (!at(bodies, `output.${name}`)) yield `output ${name}: the environment does not have it`;
  }
  // A provider is a program, and its settings say where it connects to, and as whom.
  const settings = fieldsOf(normal(module["provider"]));
  const wanted = mapped(fieldsOf(at(module, "terraform.required_providers")), (own, key) => {
    return { source: at(own, "source"), ...fieldsOf(settings[key]) };
  });
  const written = mapped(fieldsOf(providers), (own) => {
    return { source: sourceOf(at(own, "full_name")), ...argumentsIn(own) };
  });
  const found = differences(normal(wanted), normal(written), undefined, "provider");
  for (const resource of resources) {
    const { mode, type, provider_config_key: provider } = resource;
    const address = String(resource["address"]);
    // Managed resources act only by their changes. The others read something with every plan.
    if (mode === "managed" && !apps.includes(address)) continue;
    const body = at(bodies, address);
    if (body === undefined) yield `${address}: the environment does not have it`;
    const own = { provider: String(type).split("_")[0], ...argumentsOf(fieldsOf(body)) };
    const stated = { provider, ...argumentsIn(resource) };
    found.push(...differences(normal(own), normal(stated), undefined, address));
  }
  yield* found.map(({ path }) => `${path} is not written as in the environment`);
}

/** The arguments of a body. A plan's configuration has the rest elsewhere, or not at all. */
export function argumentsOf(body: Fields): Fields {
  const { "//": _comment, depends_on: _order, lifecycle: _cycle, ...own } = body;
  return own;
}

/** The arguments of a part of a plan's configuration, as they are written. */
const argumentsIn = (part: unknown): Fields => mapped(fieldsOf(at(part, "expressions")), textOf);

/** Terraform writes `{}` for a call of a function: a value that it does not show. */
function textOf(expression: unknown): unknown {
  if (Array.isArray(expression)) return expression.map(textOf);
  if (!isFields(expression)) return expression;
  if ("constant_value" in expression) return expression["constant_value"];
  return Object.keys(expression).length === 0 ? "(not shown)" : mapped(expression, textOf);
}

/** The source of a provider in the registry of Terraform or OpenTofu, such as `hashicorp/aws`. */
export const sourceOf = (name: unknown): string =>
  String(name).replace(/^registry\.(?:terraform\.io|opentofu\.org)\//, "");
