import * as fc from "fast-check";
import { ConfigError } from "../../../stacks/config/config-error.ts";
import { parseEnvironments } from "../../../stacks/config/parse-environments.ts";
import { RuleError } from "../../../stacks/rules/rule-error.ts";
import { type Broken, broken } from "../../support/broken-values.ts";
import { environments } from "../support/valid-environments.ts";

/** Values that a program can put into an object, including those that JSON does not support. */
const strange: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  undefined,
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  1e21,
  1n,
  Symbol("s"),
  "",
  "\n",
  "\0",
  "a".repeat(100_000),
  "${x}",
  "%{x}",
  "__proto__",
  "constructor",
  "\ud800",
  () => "x",
  new Date(0),
  new Map([["a", 1]]),
  /x/,
  new Error("x"),
  Object.create(null),
  new URL("http://a.b"),
  { toJSON: 1 },
  { toString: null },
  { length: 3 },
  [undefined],
  cyclic(),
  JSON.parse('{"__proto__":{"a":1}}'),
);

function cyclic(): object {
  const list: unknown[] = [];
  list.push(list);
  return { list, big: 1n };
}

const anything = fc.oneof(strange, fc.jsonValue({ maxDepth: 2 }), fc.anything({ maxDepth: 2 }));

/**
 * Environments with arbitrary values in arbitrary places. They must be refused with a `ConfigError` that names the
 * place, or be synthesized.
 *
 * @param synthesize throws if the result is invalid
 */
export function hostileEnvironments(
  synthesize: (environments: Record<string, unknown>) => void,
): fc.IPropertyWithHooks<[string, Broken]> {
  return fc.property(names, broken(environments(3), anything), (name, { value }) => {
    // A key of its own, whatever its name is.
    check(Object.fromEntries([[name, value]]), synthesize);
  });
}

const names = fc.oneof(
  { weight: 10, arbitrary: fc.constant("dev") },
  { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("__proto__", "constructor", "toString", "", "a-", "aws"),
  },
);

function check(given: unknown, synthesize: (all: Record<string, unknown>) => void): void {
  try {
    parseEnvironments(given);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return checkProblems(error);
  }
  try {
    synthesize(given as Record<string, unknown>);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
  }
}

function checkProblems({ code, message, problems }: ConfigError): void {
  const hasMessages = problems.length > 0 && problems.every((problem) => problem.message !== "");
  if (code !== "ERR_CONFIG_INVALID" || !hasMessages) throw new Error(`no message: ${message}`);
  const longest = Math.max(...message.split("\n").map(({ length }) => length));
  if (longest > 2_000) throw new Error(`a line of ${longest} characters: ${message.slice(0, 200)}`);
  if (/\[object|undefined: |function \w*\(/.test(message)) throw new Error(`unclear: ${message}`);
}
