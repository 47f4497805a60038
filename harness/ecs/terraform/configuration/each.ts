import { HarnessError } from "../../base/errors.ts";
import type { Key } from "../expression/address.ts";
import { asNumber, asText, entriesOf, known } from "../expression/values.ts";
import type { Body } from "./written-module.ts";

/** What `count` or `for_each` gives to one instance of a block. */
export interface Each {
  readonly key: Key;
  readonly value?: unknown;
}

/** Additional names for an expression, with their values. */
export type Names = Readonly<Record<string, unknown>>;

/** `count` or `each` in the expressions of an instance. */
export function namesOf({ key, value }: Each): Names {
  if (key === undefined) return {};
  return typeof key === "number" ? { count: { index: key } } : { each: { key, value } };
}

/** Whether a block can have several instances. */
export const isRepeated = ({ count, for_each: over }: Body): boolean =>
  count !== undefined || over !== undefined;

/** Maximum number of instances of a block, to limit memory. No local machine runs that many. */
const MOST = 10_000;

/**
 * The instances of a `count`.
 * https://developer.hashicorp.com/terraform/language/meta-arguments/count
 */
export function eachOfCount(count: unknown): Each[] {
  const length = asNumber(count);
  if (Number.isInteger(length) && length >= 0 && length <= MOST) {
    return Array.from({ length }, (_, key) => ({ key }));
  }
  const message = `expected a number from 0 to ${MOST}, got ${length}`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/**
 * The instances of a `for_each`. A set is a list here: its items are keys and values.
 * https://developer.hashicorp.com/terraform/language/meta-arguments/for_each
 */
export function eachOfItems(items: unknown): Each[] {
  const all = Array.isArray(items)
    ? items.map((value: unknown) => ({ key: known("a key", asText(value)), value }))
    : entriesOf("for_each", items).map(([key, value]) => ({ key: known("a key", key), value }));
  if (all.length <= MOST) return all;
  throw new HarnessError("ERR_TEMPLATE", `expected at most ${MOST} keys, got ${all.length}`);
}

/** The value of a block whose instances have these values: a list for `count`, an object for `for_each`. */
export function together(
  values: readonly (readonly [Key, unknown])[],
  { count }: Body = {},
): unknown {
  const [[key, value] = []] = values;
  if (values.length === 1 && key === undefined) return value;
  const isNumbered = values.length > 0 ? typeof key === "number" : count !== undefined;
  return isNumbered
    ? values.toSorted(([one], [other]) => Number(one) - Number(other)).map(([, each]) => each)
    : Object.fromEntries(values.map(([name, each]) => [String(name), each]));
}
