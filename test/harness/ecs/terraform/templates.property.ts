import * as fc from "fast-check";
import {
  changesBetween,
  HarnessError,
  readTemplate,
  type Template,
} from "../../../../harness/ecs/index.ts";
import { type Broken, broken } from "../../../support/broken-values.ts";
import { checkModel } from "./model-check.ts";

/** Values that Terraform would not expect, including expressions. */
export const anything = fc.oneof(
  fc.constant(undefined),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    "${",
    "${aws_ecs_service.redis.id}",
    "${x.y.z}",
    "${jsonencode(",
    "${self.id}",
    "${each.key}",
    "${count.index}",
    "${1 / 0}",
    "%{ for x in y }",
    "$${x}",
    "⟨a.b.c⟩",
    "[{}]",
    "__proto__",
    "constructor",
    1e21,
    -1,
    0.5,
    "1e3",
    "9".repeat(400),
    "x".repeat(10_000),
    JSON.parse('{"__proto__":{"a":1}}'),
  ),
);

/** The field with JSON as text. The JSON may be broken too. */
const TEXT = "container_definitions";

/** A template or plan with parsed JSON texts. */
export const unfolded = (value: unknown): unknown =>
  mapped(value, (key, each) => {
    if (key !== TEXT || typeof each !== "string") return each;
    try {
      return JSON.parse(each) as unknown;
    } catch {
      // It contains an expression.
      return each;
    }
  });

/** The reverse of {@link unfolded}. */
export const folded = (value: unknown): object => {
  const written = mapped(value, (key, each) =>
    key === TEXT && Array.isArray(each) ? JSON.stringify(each) : each,
  );
  return Object(JSON.parse(JSON.stringify(written) ?? "null")) as object;
};

function mapped(value: unknown, change: (key: string, each: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => mapped(each, change));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, each]) => {
    const changed = change(key, each);
    return [key, changed === each ? mapped(each, change) : changed];
  });
  return Object.fromEntries(entries) as object;
}

/** Options without any value from outside the template. */
export const nothingKnown = () => ({ parameters: {}, drawn: new Map<string, string>() });

/** Templates with arbitrary values are read as a valid model, alone and as a change, or refused with a HarnessError. */
export function hostileTemplates(
  whole: readonly object[],
): fc.IAsyncPropertyWithHooks<[Broken, object]> {
  const given = broken(fc.constantFrom(...whole.map(unfolded)), anything);
  const running = fc.constantFrom(...whole);
  return fc.asyncProperty(given, running, async ({ value }, before) => {
    const source = folded(value);
    await orRefused(async () => {
      await readChecked(source);
      const present = await readChecked(before);
      changesBetween(present, await readChecked(source, present));
    });
  });
}

async function readChecked(source: object, before?: Template): Promise<Template> {
  const template = await readTemplate(source, nothingKnown(), before);
  checkModel(template.plan);
  return template;
}

/** Accepts a HarnessError. @throws any other error */
export async function orRefused(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    if (error.message.trim() === "" || error.message.length > 20_000) {
      throw new Error(`unclear: ${error.message.slice(0, 200)}`, { cause: error });
    }
  }
}
