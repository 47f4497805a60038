import { HarnessError } from "../../base/errors.ts";
import { findSymbol } from "./symbol.ts";
import { SPLAT } from "./syntax.ts";

/** Keys and indices into a value. A splat means every item of a list. */
export type Path = readonly (string | number)[];

/** A resource as a value. Its attributes are read by name, because only the provider knows which there are. */
export class Attributes {
  readonly #address: string;
  readonly #read: (path: Path) => unknown;

  constructor(address: string, read: (path: Path) => unknown) {
    this.#address = address;
    this.#read = read;
  }

  read(path: Path): unknown {
    return path.length === 0 ? this : this.#read(path);
  }

  toJSON(): never {
    const message = `${this.#address}: a whole resource cannot be put into JSON locally`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
}

/** The result depends on a value that only AWS knows. Terraform waits for it; the local ECS cannot. */
export class UnknownValue extends HarnessError {
  constructor(what: string, symbol: string) {
    super("ERR_UNSUPPORTED", `${what} needs ${symbol}, which only AWS knows; give a local value`, {
      hint: { option: "attributes", name: symbol },
    });
  }
}

/** @throws UnknownValue if a value contains one that only AWS knows */
export function known<Value>(what: string, value: Value): Value {
  const symbol = findSymbol(JSON.stringify(value) ?? "");
  if (symbol !== undefined) throw new UnknownValue(what, symbol);
  return value;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As in Terraform, only text, numbers and booleans can be put into text. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new HarnessError("ERR_TEMPLATE", `${nameOf(value)} cannot be put into text`);
}

export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new HarnessError("ERR_TEMPLATE", `expected a list, got ${nameOf(value)}`);
}

/** Converts text with a number to the number. */
export function asNumber(value: unknown): number {
  const number =
    typeof value === "string" && value.trim() !== "" ? Number(known("a number", value)) : value;
  if (typeof number === "number" && !Number.isNaN(number)) return number;
  throw new HarnessError("ERR_TEMPLATE", `expected a number, got ${nameOf(value)}`);
}

export function asBoolean(value: unknown): boolean {
  const text = typeof value === "string" ? known("a condition", value) : value;
  if (text === true || text === "true") return true;
  if (text === false || text === "false") return false;
  throw new HarnessError("ERR_TEMPLATE", `expected true or false, got ${nameOf(value)}`);
}

/** A list with a single block counts as the block. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  const [only, ...more] = Array.isArray(value) ? (value as unknown[]) : [value];
  if (typeof only === "object" && only !== null && !Array.isArray(only) && more.length === 0) {
    return only as Readonly<Record<string, unknown>>;
  }
  throw new HarnessError("ERR_TEMPLATE", `expected an object, got ${nameOf(value)}`);
}

function nameOf(value: unknown): string {
  if (value === undefined) return "a missing value";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * Follows a path into a value; undefined if the path does not exist. As in Terraform, a single block can be
 * indexed like a list.
 */
export function dig(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return value;
  if (value instanceof Attributes) return value.read([key, ...rest]);
  if (key === SPLAT) return splat(value).map((item) => dig(item, rest));
  if (key === 0 && !Array.isArray(value)) return dig(value, rest);
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, key) ? dig(Reflect.get(value, key), rest) : undefined;
}

/** https://developer.hashicorp.com/terraform/language/expressions/splat#single-values-as-lists */
function splat(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/**
 * Keys and values of a list or an object. As in Terraform, the keys of an object are sorted.
 * @param what the expression that iterates, for the error
 */
export function entriesOf(what: string, collection: unknown): [string | number, unknown][] {
  if (Array.isArray(collection)) return collection.map((item, index) => [index, item]);
  if (typeof collection === "string") known(what, collection);
  if (typeof collection !== "object" || collection === null) {
    throw new HarnessError("ERR_TEMPLATE", `${what} expects a list or an object`);
  }
  return Object.entries(collection).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** Nested blocks, or objects in a list. */
export const recordsIn = (value: unknown): Readonly<Record<string, unknown>>[] =>
  [value].flat().filter(isRecord);
