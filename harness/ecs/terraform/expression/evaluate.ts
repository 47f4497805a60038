import { isDeepStrictEqual } from "node:util";
import { HarnessError } from "../../base/errors.ts";
import { FUNCTIONS, type Functions } from "./functions.ts";
import { type BinaryOperator, type Expression, type ForExpression, type Step } from "./syntax.ts";
import { asBoolean, asList, asNumber, asText, dig, entriesOf, known, type Path } from "./values.ts";

/** The parts of a reference: `aws_lb.app.arn` is `["aws_lb", "app", "arn"]`. Indices are numbers. */
export type Reference = readonly (string | number)[];

/** Returns the value of a reference. */
export type Lookup = (reference: Reference) => unknown;

/**
 * Evaluates an expression.
 * @throws HarnessError ERR_UNSUPPORTED for unknown functions, ERR_TEMPLATE for wrong types; UnknownValue if the
 * result depends on a value that only AWS knows
 */
export function evaluate(
  expression: Expression,
  lookup: Lookup,
  functions: Functions = FUNCTIONS,
): unknown {
  const value = (inner: Expression): unknown => evaluate(inner, lookup, functions);
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "template": {
      const parts = expression.parts.map((part) => (typeof part === "string" ? part : value(part)));
      return parts.length === 1 ? parts[0] : parts.map(asText).join("");
    }
    case "list":
      return expression.items.map(value);
    case "object":
      return Object.fromEntries(
        expression.entries.map(([key, item]) => [asText(value(key)), value(item)]),
      );
    case "reference":
      return lookup([expression.root, ...pathOf(expression.steps, value)]);
    case "access":
      return access(value(expression.of), pathOf(expression.steps, value));
    case "call":
      return call(expression, value, functions);
    case "unary": {
      const operand = value(expression.operand);
      return expression.operator === "!" ? !asBoolean(operand) : -asNumber(operand);
    }
    case "binary":
      return OPERATORS[expression.operator](value(expression.left), value(expression.right));
    case "conditional":
      return asBoolean(value(expression.condition))
        ? value(expression.whenTrue)
        : value(expression.whenFalse);
    case "for":
      return each(expression, lookup, functions);
  }
}

/** The index of a list may be text, `"0"`. In a list of blocks it is a number. */
function pathOf(steps: readonly Step[], value: (inner: Expression) => unknown): Path {
  return steps.map((step) => {
    const key = typeof step === "string" ? step : value(step.index);
    if (typeof key !== "number" && typeof key !== "string") {
      throw new HarnessError("ERR_TEMPLATE", "an index must be a number or text");
    }
    return /^\d+$/.test(String(key)) ? Number(key) : key;
  });
}

function access(value: unknown, path: Path): unknown {
  const found = dig(value, path);
  if (found !== undefined) return found;
  throw new HarnessError("ERR_TEMPLATE", `no value at ${path.join(".")}`);
}

function call(
  { name, args, isExpanded = false }: Extract<Expression, { kind: "call" }>,
  value: (inner: Expression) => unknown,
  functions: Functions,
): unknown {
  if (name === "can") return args.every((arg) => attempt(() => value(arg)).succeeded);
  if (name === "try") return firstOf(args, value);
  const builtin = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!builtin) {
    const message = `the function ${name}() is not evaluated locally`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  const values = args.map(value);
  const last = isExpanded ? asList(values.pop()) : [];
  const result = builtin(...values, ...last);
  if (result !== undefined) return result;
  throw new HarnessError("ERR_TEMPLATE", `invalid arguments of ${name}()`);
}

/** Errors that Terraform would raise make the attempt fail. Errors for unsupported or unknown values are thrown. */
function attempt(work: () => unknown): { succeeded: boolean; value?: unknown } {
  try {
    return { succeeded: true, value: work() };
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== "ERR_TEMPLATE") throw error;
    return { succeeded: false };
  }
}

function firstOf(args: readonly Expression[], value: (inner: Expression) => unknown): unknown {
  for (const arg of args) {
    const outcome = attempt(() => value(arg));
    if (outcome.succeeded) return outcome.value;
  }
  throw new HarnessError("ERR_TEMPLATE", "no argument of try() has a value");
}

/** Both sides are evaluated, even of `&&` and `||`, as in Terraform before 1.12. */
const OPERATORS: Readonly<Record<BinaryOperator, (left: unknown, right: unknown) => unknown>> = {
  "||": (left, right) => [left, right].map(asBoolean).includes(true),
  "&&": (left, right) => ![left, right].map(asBoolean).includes(false),
  "==": (left, right) => isEqual(left, right),
  "!=": (left, right) => !isEqual(left, right),
  "<": (left, right) => asNumber(left) < asNumber(right),
  ">": (left, right) => asNumber(left) > asNumber(right),
  "<=": (left, right) => asNumber(left) <= asNumber(right),
  ">=": (left, right) => asNumber(left) >= asNumber(right),
  "+": (left, right) => asNumber(left) + asNumber(right),
  "-": (left, right) => asNumber(left) - asNumber(right),
  "*": (left, right) => asNumber(left) * asNumber(right),
  "/": (left, right) => asNumber(left) / asNumber(right),
  "%": (left, right) => asNumber(left) % asNumber(right),
};

/** A value that only AWS knows equals itself, and is not null. */
function isEqual(left: unknown, right: unknown): boolean {
  if (isDeepStrictEqual(left, right)) return true;
  if (left === null || right === null) return false;
  return isDeepStrictEqual(known("a comparison", left), known("a comparison", right));
}

/** As in Terraform, the keys of an object are sorted. */
function each(expression: ForExpression, lookup: Lookup, functions: Functions): unknown {
  const { key, value: item, collection, condition, resultKey, result, isGrouped } = expression;
  const found = entriesOf("for", evaluate(collection, lookup, functions)).flatMap(
    ([name, value]) => {
      const inner: Lookup = (reference) => {
        const [root, ...path] = reference;
        if (root === item) return access(value, path);
        return root === key ? access(name, path) : lookup(reference);
      };
      if (condition && !asBoolean(evaluate(condition, inner, functions))) return [];
      const made = evaluate(result, inner, functions);
      const named = resultKey ? asText(evaluate(resultKey, inner, functions)) : "";
      return [[named, made] as const];
    },
  );
  if (!resultKey) return found.map(([, made]) => made);
  return Object.fromEntries(isGrouped ? grouped(found) : found);
}

function grouped(found: readonly (readonly [string, unknown])[]): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const [name, made] of found) groups.set(name, [...(groups.get(name) ?? []), made]);
  return groups;
}

/** @throws HarnessError if the value is missing */
export function existing(value: unknown, reference: Reference): unknown {
  if (value === undefined) throw notDeclared(reference);
  return value;
}

export function notDeclared(reference: Reference): HarnessError {
  return new HarnessError("ERR_TEMPLATE", `${reference.join(".")} is not declared`);
}

export function cycle(trail: readonly string[], here: string): HarnessError {
  return new HarnessError("ERR_TEMPLATE", `${[...trail, here].join(" -> ")} refers to itself`);
}
