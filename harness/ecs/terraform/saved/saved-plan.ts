import { isDeepStrictEqual } from "node:util";
import { dirname, resolve as resolvePath } from "node:path";
import { HarnessError, invalid } from "../../base/errors.ts";
import { messageOf } from "../../base/message-of.ts";
import type { Module } from "../configuration/module.ts";
import { isConfiguration } from "../configuration/files.ts";
import { readConfiguration, type WrittenModule } from "../configuration/written-module.ts";
import { isModelled } from "../types/index.ts";
import { child } from "./configuration/configuration.ts";
import { checkSaved, readSaved, type Saved } from "./format.ts";
import {
  type Instance,
  instancesAfter,
  instancesBefore,
  isOnlyRemovedFromState,
} from "./instances.ts";
import type { Note } from "./note.ts";
import { externalValues, type ExternalValues } from "./external-values.ts";
import { type Lifecycles, savedModule } from "./saved-module.ts";
import type { Drawn } from "./secret-values.ts";
import type { Placeholder } from "./definitions/unknown-definitions.ts";
import type { Inferred } from "./configuration/unknown-references.ts";

/** A plan or a state as modules for the local ECS. */
export interface SavedPlan {
  /** The module to start with. */
  readonly first: Module;
  /** The module to deploy after that: the plan's changes to running services. */
  readonly next?: Module;
  /** The addresses that Terraform changes. */
  readonly changed: ReadonlySet<string>;
  /** Types that do not affect tasks. */
  readonly notPlayed: readonly string[];
  /** References that the plan does not show, with their inferred targets. */
  readonly inferred: readonly Inferred[];
  readonly notes: readonly Note[];
  /** Values outside the plan that it has read, for the options of the same names. */
  readonly external: ExternalValues;
  /** Keys of the option resolve that were not used. */
  readonly unused: readonly string[];
  /** What containers get in place of values that are not known before apply. */
  readonly placeholders: readonly Placeholder[];
  /** The unknown attributes that the option attributes can set. */
  readonly settable: readonly string[];
}

export interface SavedPlanOptions {
  /**
   * The target of an argument whose value is not known before apply: an address by the address of the resource,
   * or of its argument. @default {}
   */
  readonly resolve?: Readonly<Record<string, string>>;
  /** Secrets that were drawn for an earlier plan of the same run. @default none */
  readonly drawn?: Drawn;
  /**
   * The folder with the configuration's files, from which container definitions are read that are not known before
   * apply. @default the folder of the plan's file, if it has a configuration
   */
  readonly configuration?: string;
  /** Values of attributes that only AWS knows, by `address.attribute`. @default {} */
  readonly attributes?: Readonly<Record<string, string>>;
  /** `lifecycle` blocks by the address of an instance, which a plan and a state do not have. @default {} */
  readonly lifecycles?: Lifecycles;
}

/**
 * Reads the output of `terraform show -json` for a plan or a state.
 * @param source a file, or its content
 */
export async function readSavedPlan(
  source: string | object,
  {
    resolve = {},
    drawn = new Map(),
    configuration,
    attributes = {},
    lifecycles = {},
  }: SavedPlanOptions = {},
): Promise<SavedPlan> {
  const saved =
    typeof source === "string" ? await readSaved(source) : checkSaved("the plan", source);
  const after = instancesAfter(saved);
  const before = instancesBefore(saved);
  checkServices(typeof source === "string" ? source : "the plan", [...before, ...after]);
  const isChanged = saved.values === undefined && before.some(isService) && differs(before, after);
  const files = await filesFor(after, source, configuration);
  const given = { settled: resolve, drawn, files, attributes, lifecycles };
  const present = isChanged ? savedModule(saved, before, given) : undefined;
  const planned = savedModule(saved, after, { ...given, earlier: before });
  const used = new Set([...(present?.used ?? []), ...planned.used]);
  return {
    first: present?.module ?? planned.module,
    ...(present && { next: planned.module }),
    changed: changedIn(saved),
    notPlayed: planned.notPlayed,
    inferred: planned.inferred,
    notes: planned.notes,
    external: withSecrets(externalValues(after), planned.secrets),
    placeholders: planned.placeholders,
    settable: planned.settable,
    unused: Object.keys(resolve).filter((key) => !used.has(key)),
  };
}

const withSecrets = (
  external: ExternalValues,
  secrets: Readonly<Record<string, string>>,
): ExternalValues => ({ ...external, parameters: { ...external.parameters, ...secrets } });

/** The files of the configuration, if they are needed, or why they cannot be read. */
async function filesFor(
  instances: readonly Instance[],
  source: string | object,
  given: string | undefined,
): Promise<WrittenModule | string | undefined> {
  const folder = given ?? (typeof source === "string" ? dirname(resolvePath(source)) : undefined);
  const isHere = folder !== undefined && (await isConfiguration(folder));
  if (given !== undefined && !isHere) {
    const message = `${given} is not a folder with .tf files; give the folder of the plan's .tf files`;
    throw invalid(message, { option: "configuration" });
  }
  const isNeeded = instances.some(
    ({ mode, type, unknown }) =>
      mode === "managed" &&
      type === "aws_ecs_task_definition" &&
      child(unknown, "container_definitions") === true,
  );
  if (!isNeeded || !isHere) return undefined;
  return readConfiguration(folder).catch((error: unknown) => `${folder}: ${messageOf(error)}`);
}

/**
 * The running module with the changes of another plan. Resources that the plan does not change stay as they
 * are: the plan may know more values, such as ids, but that is not a change.
 */
export function withChanges(present: Module, { next, changed }: SavedPlan): Module | undefined {
  if (!next) return undefined;
  const blocks = [...next.blocks].map(([address, block]) => {
    const running = changed.has(address) ? undefined : present.blocks.get(address);
    return [address, running ?? block] as const;
  });
  return { ...next, blocks: new Map(blocks) };
}

const changedIn = ({ resource_changes: changes }: Saved): ReadonlySet<string> =>
  new Set(
    changes
      .filter(
        ({ change: { actions } }) =>
          !["no-op", "read"].includes(actions[0] ?? "") && !isOnlyRemovedFromState(actions),
      )
      .map(({ address }) => address),
  );

const isService = ({ mode, type }: Instance): boolean =>
  mode === "managed" && type === "aws_ecs_service";

const playedOf = (all: readonly Instance[]): Instance[] =>
  all.filter(({ type }) => isModelled(type));

/** Whether a plan changes anything that runs locally. */
function differs(before: readonly Instance[], after: readonly Instance[]): boolean {
  const earlier = new Map(playedOf(before).map((each) => [each.address, each]));
  const later = playedOf(after);
  return (
    later.length !== earlier.size ||
    later.some(({ address, values, isReplaced }) => {
      const present = earlier.get(address);
      return isReplaced || !present || !isDeepStrictEqual(present.values, values);
    })
  );
}

function checkServices(name: string, instances: readonly Instance[]): void {
  if (instances.some(isService)) return;
  const message = `${name} has no aws_ecs_service: nothing to run`;
  throw new HarnessError("ERR_TEMPLATE", message);
}
