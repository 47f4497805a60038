import { HarnessError } from "../../base/errors.ts";
import { COLLECTION_FUNCTIONS } from "./collection-functions.ts";
import { TEXT_FUNCTIONS } from "./text-functions.ts";
import { asList, asNumber, asRecord, asText, entriesOf, known } from "./values.ts";

type Builtin = (...args: readonly unknown[]) => unknown;
export type Functions = Readonly<Record<string, Builtin>>;

/**
 * The functions that expressions can call. `can` and `try` are evaluated in evaluate.ts, because they catch what
 * their arguments throw.
 * https://developer.hashicorp.com/terraform/language/functions
 */
export const FUNCTIONS: Functions = {
  ...COLLECTION_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  alltrue: (list) => asList(list).every((item) => item === true || item === "true"),
  base64encode: (text) => Buffer.from(asText(text)).toString("base64"),
  contains: (list, value) => asList(known("contains()", list)).includes(known("contains()", value)),
  distinct: (list) => [...new Set(asList(known("distinct()", list)))],
  element: (list, index) => asList(list)[asNumber(index) % asList(list).length],
  floor: (number) => Math.floor(asNumber(number)),
  join: (separator, list) => asList(list).map(asText).join(asText(separator)),
  jsondecode: decode,
  jsonencode: (value) => JSON.stringify(value),
  keys: (object) => entriesOf("keys()", object).map(([key]) => key),
  length: (value) => lengthOf(value),
  lower: (text) => known("lower()", asText(text)).toLowerCase(),
  merge: (...objects) => Object.assign({}, ...objects.map((object) => asRecord(object ?? {}))),
  one,
  regex: match,
  slice: (list, from, to) => asList(list).slice(asNumber(from), asNumber(to)),
  split: (separator, text) => known("split()", asText(text)).split(asText(separator)),
  startswith: (text, prefix) => known("startswith()", asText(text)).startsWith(asText(prefix)),
  tonumber: asNumber,
  tostring: asText,
  values: (object) => entriesOf("values()", object).map(([, value]) => value),
};

function lengthOf(value: unknown): number {
  if (typeof value === "string") return known("length()", value).length;
  if (typeof value === "object" && value !== null) return Object.keys(value).length;
  throw new HarnessError("ERR_TEMPLATE", "length() expects text, a list or an object");
}

/** Returns null for an empty list. */
function one(list: unknown): unknown {
  const [item, ...more] = asList(list);
  if (more.length === 0) return item ?? null;
  throw new HarnessError("ERR_TEMPLATE", `one() expects at most one item, got ${more.length + 1}`);
}

/**
 * The whole match, or a list of the groups' matches. The patterns of this repository mean the same in RE2,
 * which Terraform uses.
 */
function match(pattern: unknown, text: unknown): unknown {
  const found = new RegExp(asText(pattern), "u").exec(known("regex()", asText(text)));
  if (!found) throw new HarnessError("ERR_TEMPLATE", `${asText(pattern)} does not match`);
  const [whole, ...groups] = found;
  return groups.length === 0 ? whole : groups.map((group) => group ?? null);
}

/** Values that only AWS knows may be in its texts. */
function decode(text: unknown): unknown {
  const given = asText(text);
  try {
    return JSON.parse(given);
  } catch {
    known("jsondecode()", given);
    // No details: the text may be a secret.
    throw new HarnessError("ERR_TEMPLATE", "the text given to jsondecode() is not JSON");
  }
}
