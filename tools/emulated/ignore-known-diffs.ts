import { differences } from "../../stacks/gate/values.ts";
import type { Plan, ResourceChange } from "../../stacks/gate/plan.ts";
import type { KnownDiff } from "./known-diffs.ts";

/** A known difference that was found in a plan. */
export interface IgnoredDiff {
  readonly address: string;
  readonly entry: KnownDiff;
}

/** A plan without the known differences. */
export interface FilteredPlan {
  readonly plan: Plan;
  readonly ignored: readonly IgnoredDiff[];
}

/** Removes the known differences from a plan. A resource without other differences becomes unchanged. */
export function ignoreKnownDiffs(plan: Plan, list: readonly KnownDiff[]): FilteredPlan {
  const ignored: IgnoredDiff[] = [];
  const changes = plan.resource_changes.map((resource) => {
    const entries = list.filter((entry) => isIgnored(resource, entry));
    ignored.push(...entries.map((entry) => ({ address: resource.address, entry })));
    return entries.length === 0 ? resource : withoutKnownDiffs(resource, entries);
  });
  // The planned values still have the differences. The gate would find a contradiction.
  return { plan: { ...plan, planned_values: {}, resource_changes: changes }, ignored };
}

function isIgnored({ mode, type, address, change }: ResourceChange, entry: KnownDiff): boolean {
  const isSame = type === entry.type && address === (entry.address ?? address);
  if (mode !== "managed" || !isSame || !change.actions.every(isChanging)) return false;
  const { before, after, after_unknown: unknown } = change;
  const { argument } = entry;
  return (
    isSomething(before) &&
    isSomething(after) &&
    differ(at(before, argument), at(after, argument), at(unknown, argument))
  );
}

const isChanging = (action: string): boolean => ["update", "create", "delete"].includes(action);

function withoutKnownDiffs(
  resource: ResourceChange,
  entries: readonly KnownDiff[],
): ResourceChange {
  const { change } = resource;
  const echo = (state: unknown, from: unknown): unknown =>
    entries.reduce((to, { argument }) => withArgument(to, from, argument.split(".")), state);
  const before = echo(change.before, change.after);
  const unknown = echo(change.after_unknown, {});
  const rest = differences(before, change.after, unknown);
  const echoed = { ...resource, change: { ...change, before, after_unknown: unknown } };
  // A replacement makes ids and ARNs unknown. Ignore these if only known differences force the replacement.
  const isNone = isForcedBy(resource, entries)
    ? rest.every(({ isKnown }) => !isKnown)
    : rest.length === 0;
  const unchanged = { actions: ["no-op" as const], after: before, after_unknown: {} };
  return isNone ? { ...echoed, change: { ...echoed.change, ...unchanged } } : echoed;
}

function isForcedBy({ change }: ResourceChange, entries: readonly KnownDiff[]): boolean {
  const paths = (change["replace_paths"] ?? []) as readonly (readonly unknown[])[];
  const forcing = paths.map((path) => path.join("."));
  return (
    forcing.length > 0 && forcing.every((path) => entries.some((each) => each.argument === path))
  );
}

/** A copy of `to` with the value of one argument taken from `from`. */
function withArgument(to: unknown, from: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return from;
  if (typeof to !== "object" || to === null) return to;
  const value = withArgument(at(to, key), at(from, key), rest);
  return Array.isArray(to)
    ? to.map((item: unknown, index) => (String(index) === key ? value : item))
    : { ...to, [key]: value };
}

/** The value at a path such as `a.0.b`. */
function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined,
      value,
    );
}

const differ = (...[before, after, unknown]: readonly unknown[]): boolean =>
  differences(before, after, unknown).length > 0;

const isSomething = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : value !== undefined && value !== null && value !== "" && value !== false;
