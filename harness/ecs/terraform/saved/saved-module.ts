import { HarnessError } from "../../base/errors.ts";
import { type Block, type Module, moduleOf } from "../configuration/module.ts";
import type { Named, WrittenModule } from "../configuration/written-module.ts";
import { parseSymbol, symbol } from "../expression/symbol.ts";
import { isModelled, type ModelledType, whyRefused, withoutLocalEffect } from "../types/index.ts";
import { adapted } from "./adapt/adapt.ts";
import { argumentsOf, type Context } from "./arguments.ts";
import { Configuration } from "./configuration/configuration.ts";
import { withApiNames, withOwnSecrets } from "./definitions/container-json.ts";
import type { Saved } from "./format.ts";
import { InstanceIndex } from "./instance-index.ts";
import { pathOf } from "../expression/address.ts";
import { type Instance } from "./instances.ts";
import { KnownNames } from "./known-names.ts";
import { literal, withoutUnset } from "./configuration/literals.ts";
import type { Note } from "./note.ts";
import { accountOf, providerOf } from "./configuration/provider.ts";
import { References } from "./configuration/references.ts";
import { JsonTemplates } from "./configuration/json-templates.ts";
import { type Drawn, secretsWithoutValue, withSecretValues } from "./secret-values.ts";
import { type Placeholder, UnknownDefinitions } from "./definitions/unknown-definitions.ts";
import { type Inferred, UnknownReferences } from "./configuration/unknown-references.ts";

/** A module made from a plan, as if it had been read from a template. It contains only literals and placeholders. */
export interface SavedModule {
  readonly module: Module;
  readonly notPlayed: readonly string[];
  readonly inferred: readonly Inferred[];
  readonly notes: readonly Note[];
  /** The keys of `settled` that were used. */
  readonly used: ReadonlySet<string>;
  readonly placeholders: readonly Placeholder[];
  /** The unknown attributes that can be set. */
  readonly settable: readonly string[];
  /** Values of secrets that the plan creates without a value, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What `lifecycle` blocks say, by the address of an instance. */
export type Lifecycles = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface SavedModuleOptions {
  /** Target addresses by the address of a resource, or of one of its arguments. */
  readonly settled: Readonly<Record<string, string>>;
  readonly drawn: Drawn;
  /** The instances before the plan's changes. @default [] */
  readonly earlier?: readonly Instance[];
  /** The files of the configuration, or why they cannot be read; undefined without files. */
  readonly files: WrittenModule | string | undefined;
  /** Values of attributes that only AWS knows. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly lifecycles: Lifecycles;
}

/**
 * Makes a module from the resources of a plan or a state. What cannot be read is in its `unread`.
 */
export function savedModule(
  saved: Saved,
  instances: readonly Instance[],
  { settled, drawn, earlier = [], files, attributes, lifecycles }: SavedModuleOptions,
): SavedModule {
  const configuration = new Configuration(saved);
  const index = new InstanceIndex(instances);
  const references = new References(configuration, index);
  const unknown = new UnknownReferences(configuration, references, index, settled);
  const templates = new JsonTemplates(saved, configuration, instances);
  const names = new KnownNames(instances);
  const notes: Note[] = [];
  const provider = providerOf(saved, instances);
  // Without a region, that of the provider's examples.
  const where = { region: provider.region ?? "us-east-1", account: accountOf(instances) };
  const definitions =
    typeof files === "object"
      ? new UnknownDefinitions(files, index, { variables: valuesOf(saved), attributes, where })
      : files;
  const context = {
    configuration,
    references,
    unknown,
    templates,
    names,
    notes,
    definitions,
    lifecycles,
  };
  const read = blocksOf(instances, context, new KnownNames(earlier));
  const played = adapted(read.blocks);
  const blocks = withSecretValues(played.blocks, drawn);
  const addresses = new Set(blocks.map(({ address }) => address));
  const empty = secretsWithoutValue(blocks, index, drawn);
  return {
    module: {
      ...moduleOf({ ...templates.root, provider }, blocks),
      unread: read.unread,
    },
    notPlayed: notPlayed(instances),
    inferred: unknown.inferred,
    notes: [...read.notes, ...played.notes, ...empty.notes],
    used: unknown.used,
    placeholders:
      typeof definitions === "object"
        ? definitions.placeholdersIn((address) => addresses.has(address))
        : [],
    settable: typeof definitions === "object" ? [...definitions.settable] : [],
    secrets: empty.secrets,
  };
}

const valuesOf = ({ variables }: Saved): Named<unknown> =>
  new Map(Object.entries(variables).map(([name, { value }]) => [name, value]));

interface Read {
  readonly blocks: readonly Block[];
  readonly unread: ReadonlyMap<string, HarnessError>;
  readonly notes: readonly Note[];
}

/** The blocks of all instances. A task definition that no service runs is left out: nothing of it is needed. */
function blocksOf(
  instances: readonly Instance[],
  context: Context & Pick<SavedModuleOptions, "lifecycles">,
  replaced: KnownNames,
): Read {
  const unread = new Map<string, HarnessError>();
  const blocks = instances.flatMap((instance) => {
    try {
      const block = blockOf(instance, context);
      return block ? withKeptRevision(block, replaced) : [];
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      unread.set(instance.address, error);
      return [];
    }
  });
  const idle = new Set(idleDefinitions(instances, blocks));
  for (const address of idle) unread.delete(address);
  const text = "is left out, because no service runs it";
  return {
    blocks: blocks.filter(({ address }) => !idle.has(address)),
    unread,
    notes: [
      ...context.notes.filter(({ address }) => !idle.has(address)),
      ...[...idle].map((address) => ({ address, text })),
    ],
  };
}

/** The task definitions that no service runs. */
function idleDefinitions(instances: readonly Instance[], blocks: readonly Block[]): string[] {
  const services = blocks.filter(({ type }) => type === "aws_ecs_service");
  // A service that could not be read may run any of them.
  if (services.length < instances.filter(isService).length) return [];
  const run = new Set(
    services.map(({ arguments: given }) => parseSymbol(String(given["task_definition"]))?.address),
  );
  return instances
    .filter(({ mode, type }) => mode === "managed" && type === "aws_ecs_task_definition")
    .map(({ address }) => address)
    .filter((address) => !run.has(address));
}

const isService = ({ mode, type }: Instance): boolean =>
  mode === "managed" && type === "aws_ecs_service";

/** Undefined for a type that does not affect tasks and that no template looks up. */
function blockOf(
  instance: Instance,
  context: Context & Pick<SavedModuleOptions, "lifecycles">,
): Block | undefined {
  const { lifecycles } = context;
  const { address, mode, type, index, steps, values, isReplaced } = instance;
  const isData = mode === "data";
  // Autoscaling of something other than ECS.
  if (type === "aws_appautoscaling_target" && values["service_namespace"] !== "ecs") {
    return undefined;
  }
  if (
    !isData &&
    !isModelled(type) &&
    whyRefused(type) === undefined &&
    withoutLocalEffect(type) === undefined
  ) {
    return undefined;
  }
  const given =
    !isData && hasModelledType(instance)
      ? { ...regionOf(instance, context), ...argumentsOf(instance, context) }
      : (withoutUnset(literal(values)) as Record<string, unknown>);
  const dependsOn = dependenciesOf(instance, context);
  const { container_definitions: text } = given;
  return {
    address,
    kind: isData ? "data" : "resource",
    type,
    steps,
    each: { key: index },
    ...(isReplaced && { isReplaced }),
    // Of one that is created, the id is not known.
    ...(typeof values["id"] === "string" && { exists: true }),
    arguments: {
      ...given,
      ...(typeof text === "string" && {
        container_definitions: withOwnSecrets(withApiNames(text) ?? text, context.names),
      }),
      ...(dependsOn.length > 0 && { depends_on: dependsOn }),
      ...(lifecycles[address] && { lifecycle: lifecycles[address] }),
    },
  };
}

/** Adds the region as an argument. A region other than the first provider's is refused later. */
function regionOf(instance: Instance, { configuration }: Context): { region?: string } {
  const region = configuration.region(instance);
  return region === undefined ? {} : { region };
}

const hasModelledType = (
  instance: Instance,
): instance is Instance & { readonly type: ModelledType } => isModelled(instance.type);

/** The dependencies of a resource and of its module calls. */
function dependenciesOf(
  instance: Instance,
  { configuration, references }: Context,
): readonly string[] {
  const { steps, dependsOn } = instance;
  const written = configuration.resource(instance)?.depends_on ?? [];
  // A variable stands for what the call gives to it.
  const own = written.filter((each) => !each.startsWith("var."));
  const given = references.of(
    instance,
    written.filter((each) => each.startsWith("var.")),
  );
  const calls = steps.flatMap((_, index) => {
    const inside = steps.slice(0, index + 1);
    const needed = configuration.call(inside)?.depends_on ?? [];
    return needed.map((each) => `${pathOf(inside.slice(0, -1))}${each}`);
  });
  return [
    ...own.map((each) => `${pathOf(steps)}${each}`),
    ...given.instances.map(({ address }) => address),
    ...calls,
    ...dependsOn,
  ];
}

/**
 * A service that still names the replaced revision keeps it. It must have `ignore_changes`, which a plan does
 * not show.
 */
function withKeptRevision(block: Block, replaced: KnownNames): Block {
  const { task_definition: revision } = block.arguments;
  if (block.type !== "aws_ecs_service" || typeof revision !== "string") return block;
  const isNamed = parseSymbol(revision) === undefined;
  const address = isNamed ? replaced.find("aws_ecs_task_definition", revision) : undefined;
  if (address === undefined) return block;
  return {
    ...block,
    arguments: {
      ...block.arguments,
      task_definition: symbol(address, "arn"),
      lifecycle: { ignore_changes: ["task_definition"] },
    },
  };
}

/** The types without effect, each once. */
function notPlayed(instances: readonly Instance[]): string[] {
  const types = instances
    .filter(
      ({ mode, type }) => mode === "managed" && !isModelled(type) && whyRefused(type) === undefined,
    )
    .map(({ type }) => type);
  return [...new Set(types)].toSorted();
}
