import { differences } from "../gate/differences.ts";
import type { Plan, ResourceChange } from "../gate/plan.ts";
import type { NotEchoed } from "./not-echoed.ts";

/** An argument that a plan would set again, since the emulator does not give it back. */
export interface Unechoed {
  readonly address: string;
  readonly entry: NotEchoed;
}

/** A plan as it would be had the emulator given back what it was sent. */
export interface EchoedPlan {
  readonly plan: Plan;
  readonly unechoed: readonly Unechoed[];
}

/** Takes the differences in the listed arguments out of a plan. What then has no difference is no change. */
export function asEchoed(plan: Plan, list: readonly NotEchoed[]): EchoedPlan {
  const unechoed: Unechoed[] = [];
  const changes = plan.resource_changes.map((resource) => {
    const entries = list.filter((entry) => isUnechoed(resource, entry));
    unechoed.push(...entries.map((entry) => ({ address: resource.address, entry })));
    return entries.length === 0 ? resource : withEchoes(resource, entries);
  });
  return { plan: { ...plan, resource_changes: changes }, unechoed };
}

/** The entries of the list that a second plan of these resources does not need: the emulator gives them back. */
export function notNeeded(
  { resource_changes: changes }: Plan,
  list: readonly NotEchoed[],
  unechoed: readonly Unechoed[],
): NotEchoed[] {
  const needed = new Set(unechoed.map(({ entry }) => entry));
  const isSet = ({ type, argument }: NotEchoed): boolean =>
    changes.some((each) => each.type === type && isSomething(at(each.change.after, argument)));
  return list.filter((entry) => !needed.has(entry) && isSet(entry));
}

function isUnechoed({ mode, type, address, change }: ResourceChange, entry: NotEchoed): boolean {
  const isMeant = type === entry.type && address === (entry.address ?? address);
  if (mode !== "managed" || !isMeant || !change.actions.every(isChanging)) return false;
  const { before, after, after_unknown: unknown } = change;
  const { argument } = entry;
  return (
    isSomething(before) &&
    isSomething(after) &&
    differ(at(before, argument), at(after, argument), at(unknown, argument))
  );
}

const isChanging = (action: string): boolean => ["update", "create", "delete"].includes(action);

function withEchoes(resource: ResourceChange, entries: readonly NotEchoed[]): ResourceChange {
  const { change } = resource;
  const echo = (state: unknown, from: unknown): unknown =>
    entries.reduce((to, { argument }) => withArgument(to, from, argument.split(".")), state);
  const before = echo(change.before, change.after);
  const unknown = echo(change.after_unknown, {});
  const rest = differences(before, change.after, unknown);
  const echoed = { ...resource, change: { ...change, before, after_unknown: unknown } };
  // A replacement makes ids and ARNs unknown. They are its consequence, where these arguments alone force it.
  const isNone = isForcedBy(resource, entries)
    ? rest.every(({ isKnown }) => !isKnown)
    : rest.length === 0;
  return isNone ? { ...echoed, change: { ...echoed.change, actions: ["no-op"] } } : echoed;
}

function isForcedBy(
  { change: { replace_paths: paths = [] } }: ResourceChange,
  entries: readonly NotEchoed[],
): boolean {
  const forcing = paths.map((path) => path.join("."));
  return (
    forcing.length > 0 && forcing.every((path) => entries.some((each) => each.argument === path))
  );
}

/** A copy of `to` with one argument as `from` has it. */
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
