import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { inspect } from "node:util";
import { thisMachine } from "./machine.ts";
import { RESULTS, checkResults, pathOf } from "./results.ts";

/**
 * Writes `results/NAME.json`. Call it once, after everything was measured: a run that was cut short, or of a
 * part only, writes nothing.
 *
 * @param command what a reader runs to measure again, as `npm run bench`
 * @param figures any JSON by name; keys are sorted, so that two runs differ in their figures alone
 * @param versions of the programs that matter, beside Node.js, as `{ redis: "7.0.15" }`
 * @returns the path of the file
 * @throws an error that names the field, when nothing was measured or a value is not JSON
 */
export function writeResults(
  name: string,
  command: string,
  figures: Readonly<Record<string, unknown>>,
  versions: Readonly<Record<string, string>> = {},
  { folder = RESULTS, now = new Date() }: { folder?: string; now?: Date } = {},
): string {
  const path = pathOf(name, folder);
  const results = checkResults(
    {
      command,
      date: now.toISOString().slice(0, 10),
      machine: thisMachine(),
      versions: sorted({ node: process.versions.node, ...versions }, `${path}: versions`),
      figures: sorted(figures, `${path}: figures`),
    },
    path,
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  return path;
}

/** The same value, the keys of each object in alphabetic order. @throws for what JSON would lose */
function sorted(value: unknown, place: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => sorted(item, `${place}.${index}`));
  if (isPlainObject(value)) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item, `${place}.${key}`)]));
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (Number.isFinite(value)) return value;
  throw new Error(
    `${place} is ${inspect(value)}; allowed: objects, arrays, texts, finite numbers, booleans and null`,
  );
}

const isPlainObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
