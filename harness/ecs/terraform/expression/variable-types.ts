import { HarnessError } from "../../base/errors.ts";
import { evaluate } from "./evaluate.ts";
import { parseExpression } from "./parser.ts";
import type { Expression } from "./syntax.ts";
import { asBoolean, asNumber, asRecord, asText } from "./values.ts";

/**
 * Converts a value to the type of a variable: a missing attribute becomes null, and text becomes a number if
 * the type is a number. Values that only AWS knows do not change.
 * https://developer.hashicorp.com/terraform/language/expressions/type-constraints
 * @param type the type as written, `list(string)`; undefined for any
 * @param where the variable, for the error
 * @throws HarnessError ERR_TEMPLATE for a value of another type
 */
export function converted(value: unknown, type: string | undefined, where: string): unknown {
  if (type === undefined) return value;
  const expression = parseExpression(type.replace(/^\$\{(.*)\}$/s, "$1"));
  try {
    return as(expression, value);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    throw new HarnessError(
      error.code,
      (words) => `${where}: ${error.inWords(words)}; its type is ${type}`,
      { cause: error },
    );
  }
}

function as(type: Expression, value: unknown): unknown {
  if (value === null || (typeof value === "string" && value.startsWith("⟨"))) return value;
  if (type.kind === "reference") return primitive(type.root, value);
  if (type.kind !== "call") throw wrong("the type");
  const [inner] = type.args;
  if (inner === undefined) throw wrong("the type");
  switch (type.name) {
    case "list":
    case "set":
      if (!Array.isArray(value)) throw wrong("a list");
      return value.map((item: unknown) => as(inner, item));
    case "tuple":
      if (!Array.isArray(value) || inner.kind !== "list") throw wrong("a list");
      return inner.items.map((item, index) => as(item, value[index] ?? null));
    case "map":
      return Object.fromEntries(
        Object.entries(asRecord(value)).map(([key, item]) => [key, as(inner, item)]),
      );
    case "object":
      return asObject(inner, asRecord(value));
    default:
      throw new HarnessError("ERR_UNSUPPORTED", `${type.name}() is not evaluated locally`);
  }
}

function primitive(name: string, value: unknown): unknown {
  switch (name) {
    case "string":
      return asText(value);
    case "number":
      return asNumber(value);
    case "bool":
      return asBoolean(value);
    case "any":
      return value;
    default:
      throw wrong("the type");
  }
}

/** Attributes that the type does not have are dropped. */
function asObject(type: Expression, value: Readonly<Record<string, unknown>>): object {
  if (type.kind !== "object") throw wrong("the type");
  return Object.fromEntries(
    type.entries.map(([key, wanted]) => {
      const name = key.kind === "literal" ? String(key.value) : "";
      const isOptional = wanted.kind === "call" && wanted.name === "optional";
      const [inner = wanted, fallback] = isOptional ? wanted.args : [wanted];
      const given = value[name] ?? null;
      if (given !== null || fallback === undefined) {
        if (value[name] === undefined && !isOptional) throw wrong(`the attribute ${name}`);
        return [name, as(inner, given)];
      }
      // A default is a constant.
      return [name, as(inner, evaluate(fallback, nothing))];
    }),
  );
}

function nothing(): never {
  throw new HarnessError("ERR_TEMPLATE", "the default in optional() must be a constant");
}

const wrong = (wanted: string): HarnessError =>
  new HarnessError("ERR_TEMPLATE", `expected ${wanted}`);
