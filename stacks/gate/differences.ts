import { isFields } from "./fields.ts";

// Finds where two values differ. Only the paths are printed, because values may be secrets.

/** An argument that differs. */
export interface Difference {
  /** For example `target.0.ecs_parameters.0.task_definition_arn`. */
  readonly path: string;
  /** Whether the new value is known before apply. */
  readonly isKnown: boolean;
  /** The new value. A path does not lead to it if a key, such as the name of a tag, has a dot. */
  readonly after: unknown;
}

/** @param unknown `after_unknown` of the plan: true for values that are known only after apply */
export function differences(before: unknown, after: unknown, unknown: unknown): Difference[] {
  return [...differing(before, after, unknown, [])];
}

function* differing(
  before: unknown,
  after: unknown,
  unknown: unknown,
  path: readonly string[],
): Generator<Difference> {
  if (unknown === true) {
    yield { path: path.join("."), isKnown: false, after };
  } else if (isNothing(before) && isNothing(after) && !holdsTrue(unknown)) {
    return;
  } else if ([before, after].every((value) => isNothing(value) || isFields(value))) {
    for (const key of keysOf(before, after, unknown)) {
      yield* differing(at(before, key), at(after, key), at(unknown, key), [...path, key]);
    }
  } else if (before !== after) {
    yield { path: path.join("."), isKnown: true, after };
  }
}

/** For the provider, an empty argument is the same as a missing one. */
export function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return isFields(value) && Object.values(value).every(isNothing);
}

const holdsTrue = (value: unknown): boolean =>
  value === true || (isFields(value) && Object.values(value).some(holdsTrue));

/** The part of a value at the path of a difference. The empty path is the whole value. */
export function valueAt(value: unknown, path: string): unknown {
  return path === "" ? value : path.split(".").reduce(at, value);
}

const at = (value: unknown, key: string): unknown =>
  isFields(value) ? Reflect.get(value, key) : undefined;

const keysOf = (...values: unknown[]): Set<string> =>
  new Set(values.filter(isFields).flatMap((value) => Object.keys(value)));
