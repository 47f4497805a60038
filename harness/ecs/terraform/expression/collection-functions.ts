import { HarnessError } from "../../base/errors.ts";
import { asList, asNumber, asRecord, asText, entriesOf } from "./values.ts";

const isEmpty = (value: unknown): boolean => value === null || value === "";

/** https://developer.hashicorp.com/terraform/language/functions, those about lists, sets and maps */
export const COLLECTION_FUNCTIONS = {
  anytrue: (list: unknown) => asList(list).some((item) => item === true || item === "true"),
  coalesce: (...values: readonly unknown[]) => first("coalesce", values, (each) => !isEmpty(each)),
  coalescelist: (...lists: readonly unknown[]) =>
    first("coalescelist", lists, (each) => each !== null && asList(each).length > 0),
  compact: (list: unknown) => asList(list).filter((item) => !isEmpty(item)),
  concat: (...lists: readonly unknown[]) => lists.flatMap(asList),
  flatten: (list: unknown) => asList(list).flat(Infinity),
  lookup: (object: unknown, key: unknown, otherwise?: unknown) =>
    entriesOf("lookup()", object).find(([name]) => name === key)?.[1] ?? otherwise,
  max: (...numbers: readonly unknown[]) => Math.max(...numbers.map(asNumber)),
  min: (...numbers: readonly unknown[]) => Math.min(...numbers.map(asNumber)),
  nonsensitive: (value: unknown) => value,
  range,
  reverse: (list: unknown) => asList(list).toReversed(),
  sensitive: (value: unknown) => value,
  setunion: (...sets: readonly unknown[]) => [...new Set(sets.flatMap(asList))],
  sort: (list: unknown) => asList(list).map(asText).toSorted(),
  sum: (list: unknown) => asList(list).reduce<number>((total, item) => total + asNumber(item), 0),
  tolist: asList,
  tomap: asRecord,
  toset,
  zipmap: (keys: unknown, values: unknown) =>
    Object.fromEntries(asList(keys).map((key, index) => [asText(key), asList(values)[index]])),
} as const;

function first(
  name: string,
  values: readonly unknown[],
  isOne: (value: unknown) => boolean,
): unknown {
  const found = values.find(isOne);
  if (found !== undefined) return found;
  throw new HarnessError("ERR_TEMPLATE", `no argument of ${name}() has a value`);
}

/** Terraform sorts a set of texts. */
function toset(list: unknown): unknown[] {
  const unique = [...new Set(asList(list))];
  return unique.every((item) => typeof item === "string") ? unique.toSorted() : unique;
}

/** The most numbers of a range, to limit memory. */
const MOST = 10_000;

function range(...given: readonly unknown[]): number[] {
  const numbers = given.map(asNumber);
  const [start = 0, end = 0] = numbers.length === 1 ? [0, ...numbers] : numbers;
  const [, , step = start <= end ? 1 : -1] = numbers;
  const length = Math.max(0, Math.ceil((end - start) / step));
  if (length <= MOST) return Array.from({ length }, (_, index) => start + index * step);
  throw new HarnessError("ERR_TEMPLATE", `range() has more than ${MOST} numbers`);
}
