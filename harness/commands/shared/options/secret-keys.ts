import { readFileSync } from "node:fs";
import { quoted, readable, UsageError } from "../../../../command-line/options.ts";
import type { Assigned } from "./options.ts";

/** The JSON keys that containers use of each secret, by its name; none if they use the whole text. */
export type SecretKeys = Readonly<Record<string, readonly string[]>>;

/**
 * Joins `--secret NAME:KEY=TEXT`: the value of the secret is a JSON object of its keys. Names of secrets have no colon. `@FILE`
 * in place of a text is what the file has, without a line end.
 * @throws UsageError if a secret is given both as a whole and by its keys, or a file cannot be read
 */
export function withJsonKeys(given: Assigned): Assigned {
  const whole: Record<string, string> = {};
  const keyed = new Map<string, Record<string, string>>();
  for (const [name, value] of Object.entries(given)) {
    const text = value.startsWith("@") ? textIn(value.slice(1)) : value;
    const [, secret, key] = /^([^:]+):([^:]+)$/.exec(name) ?? [];
    if (secret === undefined || key === undefined) whole[name] = text;
    else keyed.set(secret, { ...keyed.get(secret), [key]: text });
  }
  const both = [...keyed.keys()].find((name) => Object.hasOwn(whole, name));
  if (both !== undefined) {
    throw new UsageError(
      `error: option --secret ${both}: give the whole secret, or its keys as ${both}:KEY=TEXT`,
    );
  }
  const joined = [...keyed].map(([name, keys]) => [name, JSON.stringify(keys)] as const);
  return { ...whole, ...Object.fromEntries(joined) };
}

/** The keys of a secret that its value lacks; `[""]` if there is no value. @param value undefined if it is not given */
export function missingKeys(value: string | undefined, keys: readonly string[] = []): string[] {
  const object = value === undefined ? undefined : parsed(value);
  // Text that is no object is refused when the container starts, without telling it.
  if (value !== undefined && object === undefined) return [];
  const missing = keys.filter((key) => object === undefined || !Object.hasOwn(object, key));
  return value === undefined && keys.length === 0 ? [""] : missing;
}

/** The words that give a value to each key of a secret. */
export const secretWords = (name: string, missing: readonly string[]): string =>
  missing
    .map((key) => `--secret ${quoted(`${name}${key === "" ? "" : `:${key}`}=TEXT`)}`)
    .join(" ");

const textIn = (file: string): string =>
  readFileSync(readable("--secret", file), "utf8").replace(/\r?\n$/, "");

function parsed(value: string): object | undefined {
  try {
    const object: unknown = JSON.parse(value);
    return typeof object === "object" && object !== null ? object : undefined;
  } catch {
    return undefined;
  }
}
