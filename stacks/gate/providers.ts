import { asBody, blocks, type Body, type Template, text } from "../rules/template.ts";
import { isNothing, valueAt } from "./differences.ts";
import { argumentsOf, statedOtherwise } from "./expressions.ts";
import type { ConfiguredProvider, Plan } from "./plan-schema.ts";

// A provider is a program, and its settings say where it connects to and as whom.

/** The providers of a synthesized environment. */
interface Providers {
  /** Settings by key: `aws`, or `aws.other` for an alias. */
  readonly settings: ReadonlyMap<string, Body>;
  /** Full names by local name: one for each registry. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

/** Of Terraform and OpenTofu, for a source without a host, such as `hashicorp/aws`. */
const REGISTRIES = ["registry.terraform.io", "registry.opentofu.org"];

/** Why the providers of a plan are not those of the environment. */
export function* providerProblems(
  { configuration, resource_changes: changes }: Plan,
  template: Template,
): Generator<string> {
  const own = providersOf(template);
  const stated = configuration?.provider_config ?? {};
  for (const [key, provider] of Object.entries(stated)) yield* problemsOf(key, provider, own);
  for (const [key, settings] of own.settings) {
    const missing = missingIn(stated[key], settings).filter((name) => name !== TAGS);
    if (missing.length > 0) yield `provider ${key}: the plan has no ${missing.join(", ")}`;
  }
  for (const { address, provider_config_key: key } of configuration?.root_module.resources ?? []) {
    if (key !== undefined && !own.settings.has(key)) yield `${address}: uses the provider ${key}`;
  }
  const sources = new Set([...own.sources.values()].flat());
  for (const { address, provider_name: source } of changes) {
    if (source !== undefined && !sources.has(source)) {
      yield `${address}: uses the provider ${source}`;
    }
  }
}

/**
 * Tags and providers that a plan does not have, and other versions. These are signs of older stacks. The lock file says which versions may
 * run, not the gate.
 */
export function* providerNotes({ configuration }: Plan, template: Template): Generator<string> {
  const required = requiredIn(template);
  for (const [key, settings] of providersOf(template).settings) {
    const version = text(required.get(nameOf(key))?.["version"]);
    yield* notesOf(key, configuration?.provider_config[key], settings, version);
  }
}

function* notesOf(
  key: string,
  provider: ConfiguredProvider | undefined,
  settings: Body,
  version: string,
): Generator<string> {
  if (provider === undefined) return yield `provider ${key}: is not in the plan`;
  if (missingIn(provider, settings).includes(TAGS))
    yield `provider ${key}: the plan has no ${TAGS}`;
  const { version_constraint: own = version } = provider;
  if (own !== version) yield `provider ${key}: version ${own}, in the environment ${version}`;
}

/** Says nothing about account and region. The changes of resources show its effect. */
const TAGS = "default_tags";

/** The settings that a plan does not have. Without one, the provider may connect to another account or region. */
function missingIn(provider: ConfiguredProvider | undefined, settings: Body): string[] {
  const stated = argumentsOf(provider?.expressions);
  return Object.keys(settings).filter((name) => isNothing(valueAt(stated, name)));
}

function* problemsOf(key: string, provider: ConfiguredProvider, own: Providers): Generator<string> {
  const wanted = own.settings.get(key);
  if (wanted === undefined) return yield `provider ${key}: the environment does not have it`;
  const { full_name: source, expressions } = provider;
  if (source !== undefined && own.sources.get(nameOf(key))?.includes(source) !== true) {
    yield `provider ${key}: is ${source}`;
  }
  for (const path of statedOtherwise(wanted, expressions)) {
    yield `provider ${key}: ${path} is not as in the environment`;
  }
}

/** The local name of a provider: `aws` for `aws.other`. */
const nameOf = (key: string): string => key.split(".")[0] ?? "";

function requiredIn({ json }: Template): ReadonlyMap<string, Body> {
  const required = Object.entries(asBody(asBody(json["terraform"])["required_providers"]));
  return new Map(required.map(([name, body]) => [name, asBody(body)]));
}

function providersOf(template: Template): Providers {
  const required = [...requiredIn(template)];
  const sources = required.map(([name, { source }]) => {
    return [name, REGISTRIES.map((registry) => addressOf(text(source), registry))] as const;
  });
  // A provider without settings has no block.
  const bare = required.map(([name]) => [name, {}] as const);
  const stated = Object.entries(asBody(template.json["provider"])).flatMap(([name, list]) =>
    blocks(list).map(({ alias, ...settings }) => {
      return [alias === undefined ? name : `${name}.${text(alias)}`, settings] as const;
    }),
  );
  return { settings: new Map([...bare, ...stated]), sources: new Map(sources) };
}

/**
 * The full name of a provider.
 * https://developer.hashicorp.com/terraform/language/providers/requirements#source-addresses
 */
function addressOf(source: string, registry: string): string {
  const parts = source.split("/");
  if (parts.length === 3) return source;
  return parts.length === 2 ? `${registry}/${source}` : `${registry}/hashicorp/${source}`;
}
