import { isDeepStrictEqual } from "node:util";
import { HarnessError } from "../../base/errors.ts";
import { checkSaved, readSaved, type ResourceChange } from "./format.ts";
import { hasUnknown } from "./instances.ts";

type Values = Readonly<Record<string, unknown>>;

/** What Terraform does to a resource. `forget`: it leaves the state and stays in AWS. */
export type PlannedAction =
  | "create"
  | "change"
  | "replace"
  | "move"
  | "import"
  | "destroy"
  | "forget";

/** A resource that a plan changes. */
export interface PlannedChange {
  readonly address: string;
  /** Its previous address, if a `moved` block gives it a new one. */
  readonly from?: string;
  readonly type: string;
  readonly action: PlannedAction;
  /** The arguments that differ. For a replacement, those that force it. */
  readonly arguments: readonly string[];
  /** Undefined before a resource is created. */
  readonly before?: Values;
  /** The known values. Undefined after a resource is destroyed. */
  readonly after?: Values;
}

interface UnchangedResource {
  readonly address: string;
  readonly type: string;
  readonly values: Values;
}

export interface PlannedChanges {
  readonly changes: readonly PlannedChange[];
  /** The managed resources that stay as they are. */
  readonly unchanged: readonly UnchangedResource[];
  /** The addresses of the resources that were changed outside of Terraform. */
  readonly drifted: readonly string[];
}

/**
 * The changes of a plan, as Terraform states them.
 * @param source the output of `terraform show -json` for a plan: a file, or its content
 * @throws HarnessError ERR_TEMPLATE for a state, and for what is no plan
 */
export async function readPlannedChanges(source: string | object): Promise<PlannedChanges> {
  const name = typeof source === "string" ? source : "the plan";
  const saved = typeof source === "string" ? await readSaved(source) : checkSaved(name, source);
  if (saved.values !== undefined) {
    const message = `${name} is a state, and a state has no changes: give a plan`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  const managed = saved.resource_changes.filter(({ mode }) => mode === "managed");
  const all = managed.map((change) => ({ change, planned: plannedChange(change) }));
  return {
    changes: all.flatMap(({ planned }) => planned ?? []),
    unchanged: all.flatMap(({ change: { address, type, change }, planned }) =>
      planned ? [] : [{ address, type, values: change.before ?? {} }],
    ),
    drifted: saved.resource_drift.map(({ address }) => address),
  };
}

const ACTIONS: Readonly<Record<string, PlannedAction>> = {
  create: "create",
  update: "change",
  delete: "destroy",
  forget: "forget",
  "delete create": "replace",
  "create delete": "replace",
  // A replacement of a resource with `destroy = false`.
  "create forget": "forget",
};

/** Undefined for a resource that stays as it is. */
function plannedChange(resource: ResourceChange): PlannedChange | undefined {
  const { address, type, deposed, previous_address: from, change } = resource;
  const isImported = (change.importing ?? undefined) !== undefined;
  const other = isImported ? "import" : from !== undefined ? "move" : undefined;
  const action = ACTIONS[change.actions.join(" ")] ?? other;
  if (action === undefined) return undefined;
  return {
    // The object that an earlier replacement has left behind is not the one that runs.
    address: deposed === undefined ? address : `${address} (deposed ${deposed})`,
    ...(from !== undefined && { from }),
    type: deposed === undefined ? type : "deposed",
    action,
    arguments: action === "replace" ? forcing(resource) : differing(resource, action),
    ...(change.before && { before: change.before }),
    ...(change.after && { after: change.after }),
  };
}

/** The arguments that force a replacement, or why Terraform replaces it without one. */
function forcing({ action_reason: reason, change }: ResourceChange): string[] {
  const names = change.replace_paths.map(([name]) => String(name));
  if (names.length > 0) return [...new Set(names)];
  return reason === undefined ? [] : [reason.replace(/^replace_(?:because|by)_/, "")];
}

function differing({ change }: ResourceChange, action: PlannedAction): string[] {
  if (action !== "change") return [];
  const { before, after, after_unknown: unknown } = change;
  const unknowns = Object.entries(unknown ?? {}).flatMap(([name, each]) =>
    hasUnknown(each) ? name : [],
  );
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {}), ...unknowns]);
  return [...names].filter(
    (name) =>
      unknowns.includes(name) ||
      !isDeepStrictEqual(before?.[name] ?? undefined, after?.[name] ?? undefined),
  );
}
