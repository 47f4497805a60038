import { HarnessError } from "../base/errors.ts";
import type { Change } from "./change.ts";
import { compare, refersToNew } from "./compare.ts";
import type { KnownValues } from "./computed.ts";
import { forcingNew, isForcingKnown, mayBeFilled, type RefersToNew } from "./forces-new.ts";
import { checkContent } from "./module-content.ts";
import { movedIn, type Rename, renamed, renamesBetween, type RootModule } from "./renames.ts";
import { addressesIn } from "./symbol.ts";
import { readTemplate, type Template } from "./template.ts";

/** What an upgrade does to a resource. */
export interface UpgradeChange {
  readonly address: string;
  /** Its previous address, if it has changed. */
  readonly from?: string;
  readonly type: string;
  /**
   * `forget`: a `removed` block removes it from the state and keeps it in AWS. `readdress`: the same resource
   * under another address without a `moved` block, so Terraform destroys and creates it. `unknown`: only a plan
   * shows whether it is changed in place or replaced.
   */
  readonly action:
    | "add"
    | "change"
    | "replace"
    | "move"
    | "readdress"
    | "destroy"
    | "forget"
    | "unknown";
  /** The arguments that differ. */
  readonly arguments: readonly string[];
  /** The arguments that force a new resource. */
  readonly forcedBy: readonly string[];
  /** Whether Terraform refuses it because of `lifecycle.prevent_destroy`. */
  readonly isRefused: boolean;
}

/** An upgrade: two versions of a template and their differences. */
export interface Upgrade {
  /** The old version with the addresses of the new one. */
  readonly old: RootModule;
  readonly before: Template;
  readonly after: Template;
  readonly changes: readonly UpgradeChange[];
}

/**
 * What Terraform does when one version of a root module replaces another, in the order of the new one.
 * @param known values that only AWS knows, the same for both
 * @throws HarnessError for a template that the local ECS cannot read, and for a change that the provider
 * refuses
 */
export async function upgradeBetween(
  old: RootModule,
  next: RootModule,
  known: KnownValues,
): Promise<Upgrade> {
  const moved = movedIn(next, old);
  const earlier = renamed(old, moved);
  const before = await readTemplate(earlier, known);
  const after = await readTemplate(next, known);
  const toForget = addressesToForget(next);
  const readdressed = renamesBetween(earlier, next).filter(({ from }) => !toForget.has(from));
  const lost = new Set(readdressed.map(({ from }) => from));
  const changes = compare(before.declared, after.declared);
  const differing = new Map(changes.map((change) => [change.address, change]));
  const isNew = (value: unknown): boolean => refersToNew(value, differing);
  const rows = changes
    .filter(({ address }) => !lost.has(address))
    .map((change) => rowOf(change, { before, after, moved, readdressed, toForget, isNew }));
  const onlyMoved = moved
    .filter(({ to }) => after.declared.has(to) && !differing.has(to))
    .map(({ from, to }) => ({ ...unchanged(to), from, action: "move" as const }));
  return { old: earlier, before, after, changes: [...rows, ...onlyMoved] };
}

/** https://developer.hashicorp.com/terraform/language/block/removed */
const addressesToForget = (next: RootModule): ReadonlySet<string> =>
  new Set(
    checkContent("the new version", next)
      .removed.filter(({ lifecycle }) => lifecycle?.destroy === false)
      .map(({ from }) => from),
  );

const unchanged = (address: string) => ({
  address,
  type: address.slice(0, address.indexOf(".")),
  arguments: [],
  forcedBy: [],
  isRefused: false,
});

interface Versions {
  readonly before: Template;
  readonly after: Template;
  readonly moved: readonly Rename[];
  readonly readdressed: readonly Rename[];
  readonly toForget: ReadonlySet<string>;
  readonly isNew: RefersToNew;
}

const ACTIONS = { create: "add", update: "change", replace: "replace", delete: "destroy" } as const;

function rowOf(
  change: Change,
  { before, after, moved, readdressed, toForget, isNew }: Versions,
): UpgradeChange {
  const { address, type, arguments: names } = change;
  const row = { address, type, arguments: names, forcedBy: [] };
  if (change.action === "delete" && toForget.has(address)) {
    return { ...row, action: "forget", isRefused: false };
  }
  const otherwise = readdressed.find(({ to }) => to === address);
  if (otherwise) {
    const isRefused = false;
    return { ...row, from: otherwise.from, action: "readdress", isRefused };
  }
  const from = moved.find(({ to }) => to === address)?.from;
  const old = before.declared.get(address)?.arguments ?? {};
  const now = after.declared.get(address)?.arguments ?? {};
  const forcedBy = change.action === "replace" ? forcingNew(type, old, now, names, isNew) : [];
  const action = isUncertain(change, forcedBy, old, now) ? "unknown" : ACTIONS[change.action];
  const isProtected = after.declared.get(address)?.lifecycle.prevent_destroy === true;
  return {
    ...row,
    ...(from !== undefined && { from }),
    action,
    forcedBy,
    isRefused: action === "replace" && isProtected,
  };
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Whether only a plan shows the change: for a type without a table, or for an argument to which AWS may have
 * set the same value.
 */
function isUncertain(
  { type, action }: Change,
  forcedBy: readonly string[],
  old: Values,
  now: Values,
): boolean {
  if (action === "update") return !isForcingKnown(type);
  return (
    action === "replace" &&
    forcedBy.length > 0 &&
    forcedBy.every((name) => mayBeFilled(name, old, now))
  );
}

/** The resources that a service and its task definition refer to, directly or indirectly. */
export function reachedFrom({ declared }: Template, start: string): ReadonlySet<string> {
  if (!declared.has(start)) {
    throw new HarnessError("ERR_INVALID_ARG", `${start} is not in the template`);
  }
  const reached = new Set([start]);
  for (const address of reached) {
    const text = JSON.stringify(declared.get(address)?.arguments ?? {});
    for (const next of addressesIn(text)) reached.add(next);
  }
  return reached;
}
