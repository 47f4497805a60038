import { bodiesIn } from "./app-resources.ts";
import { type Plan, unknownFields } from "./plan.ts";
import { at, differences, type Fields, fieldsOf, isFields, listOf } from "./values.ts";
import { mapped, normal } from "./values.ts";

// `apply` carries out the configuration that is inside a saved plan. Some of it acts without being in the list of
// changes: a provisioner runs a command, a data source or a provider can run a program. So nothing may be in it that
// the synthesized environment does not have.

/** What a plan's configuration has that the environment does not have. */
export function* configurationProblems(plan: Plan, module: Fields): Generator<string> {
  const { configuration, variables } = plan;
  if (!isFields(configuration)) return yield "has no configuration, which apply carries out";
  const root = fieldsOf(configuration["root_module"]);
  const own = bodiesIn(module);
  const settings = providersOf(module);
  const providers = fieldsOf(configuration["provider_config"]);
  yield* unknownFields(configuration, "configuration");
  yield* unknownFields(root, "root_module");
  yield* beyond("output", root["outputs"], module["output"]);
  yield* beyond("variable", root["variables"], module["variable"]);
  yield* beyond("variable", variables, module["variable"]);
  yield* beyond("module", root["module_calls"], module["module"]);
  yield* beyond("provider", providers, settings);
  // A provider is a program, and its settings say where it connects to, and as whom.
  for (const [key, body] of Object.entries(settings)) {
    const stated = fieldsOf(providers[key]);
    const reasons = [...writtenOtherwise(fieldsOf(body), { expressions: stated["expressions"] })];
    reasons.push(...unknownFields(stated, "provider"), ...otherProgram(stated["full_name"], key));
    for (const reason of reasons) yield `provider ${key}: ${reason}`;
  }
  const written = new Map(listOf(root["resources"]).map((each) => [each["address"], each]));
  for (const [address, resource] of written) {
    const reasons = unknownFields(resource, "resource");
    const provisioners = listOf(resource["provisioners"]).map(({ type }) => String(type));
    if (provisioners.length > 0) reasons.push(`runs the provisioner ${provisioners.join()}`);
    const body = own.get(String(address));
    // Managed resources act only by their changes. The others read something with every plan.
    const isRead = resource["mode"] !== "managed";
    if (isRead && body === undefined) reasons.push("the environment does not have it");
    if (isRead && body !== undefined) reasons.push(...writtenOtherwise(body, resource));
    for (const reason of reasons) yield `${String(address)}: ${reason}`;
  }
  // Terraform deletes or forgets what is not in the configuration. It writes no ephemeral resources there.
  for (const { address, mode } of plan.resource_changes) {
    const isOwn = written.has(address) || (mode === "ephemeral" && own.has(address));
    if (!isOwn) yield `${address}: is not in the plan's configuration`;
  }
}

function* beyond(what: string, stated: unknown, own: unknown): Generator<string> {
  const names = Object.keys(fieldsOf(stated)).filter((name) => !Object.hasOwn(fieldsOf(own), name));
  for (const name of names) yield `${what} ${name}: the environment does not have it`;
}

/** The arguments of a body. A plan's configuration has the rest elsewhere, or not at all. */
export function argumentsOf(body: Fields): Fields {
  const { "//": _comment, depends_on: _order, lifecycle: _cycle, provider: _key, ...own } = body;
  return own;
}

/** Where a plan's configuration does not write a resource or provider as the environment does. */
export function writtenOtherwise(body: Fields, stated: Fields): string[] {
  const { expressions, type, provider_config_key: key } = stated;
  const written = mapped(fieldsOf(expressions), textOf);
  const paths = differences(normal(argumentsOf(body)), normal(written)).map(({ path }) => path);
  const own = body["provider"] ?? String(type).split("_")[0];
  if (key !== undefined && key !== own) paths.push("provider");
  return paths.map((path) => `${path} is not written as in the environment`);
}

/** An argument as it is written. Terraform writes `{}` for a call of a function: a value that it does not show. */
function textOf(expression: unknown): unknown {
  if (Array.isArray(expression)) return expression.map(textOf);
  if (!isFields(expression)) return expression;
  if ("constant_value" in expression) return expression["constant_value"];
  return Object.keys(expression).length === 0 ? "(not shown)" : mapped(expression, textOf);
}

/** The settings of an environment's providers, by key: `aws`, or `aws.other` for an alias. */
export function providersOf(module: Fields): Fields {
  const stated = Object.entries(fieldsOf(module["provider"])).flatMap(([name, blocks]) =>
    listOf(blocks).map((block) => {
      const { alias, ...own } = block;
      return [alias === undefined ? name : `${name}.${String(block["alias"])}`, own];
    }),
  );
  // A provider without settings has no block.
  const bare = mapped(fieldsOf(at(module, "terraform.required_providers")), () => ({}));
  return { ...bare, ...Object.fromEntries(stated) };
}

/** Unless a provider is the one with this key in the registry of Terraform or OpenTofu. */
export function otherProgram(source: unknown, key: string): string[] {
  const registries = ["registry.terraform.io", "registry.opentofu.org"];
  const own = registries.map((host) => `${host}/hashicorp/${key.split(".")[0]}`);
  const isOwn = [undefined, ...own].includes(source as string);
  return isOwn ? [] : [`uses the provider ${String(source)}`];
}
