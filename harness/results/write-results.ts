import { accessSync, closeSync, constants, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { inspect } from "node:util";
import { thisMachine } from "./machine.ts";
import { RESULTS, type Results, checkResults, pathOf } from "./results.ts";
import { messageOf } from "../../command-line/error-text.ts";

/** Versions by program. */
type Versions = Readonly<Record<string, string>>;

/**
 * Checks that the files can be written. Call it before a measurement, so that a run of minutes is not lost at its end.
 *
 * @param pages files that are generated from the figures
 * @throws an error with the path of the file that cannot be written
 */
export function checkWritable(
  name: string,
  pages: readonly string[] = [],
  folder: string = RESULTS,
): void {
  const path = pathOf(name, folder);
  try {
    mkdirSync(dirname(path), { recursive: true });
    for (const file of [path, ...pages]) tryToOpen(file);
  } catch (error) {
    throw new Error(`the figures cannot be written, so nothing is measured: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Opens a file for writing without changing it. Does not create a missing file. */
function tryToOpen(file: string): void {
  try {
    closeSync(openSync(file, "r+"));
  } catch (error) {
    if (!isMissing(error)) throw error;
    accessSync(dirname(file), constants.W_OK);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, "code") === "ENOENT";

/**
 * Writes `studies/results/NAME.json`. Call it once, at the end of a complete run.
 *
 * @param command that repeats the measurement, such as `npm run bench`
 * @param figures any JSON by name. Keys are sorted, so that two runs differ only in their figures
 * @param versions of programs other than Node.js, such as `{ redis: "7.0.15" }`
 * @returns the path of the file
 * @throws an error with the field if the figures are empty or a value is not JSON
 */
export function writeResults(
  name: string,
  command: string,
  figures: Readonly<Record<string, unknown>>,
  versions: Versions = {},
): string {
  return saveResults(name, makeResults(command, figures, versions));
}

/** The content of {@link writeResults}, for a page that is only printed. */
export function makeResults(
  command: string,
  figures: Readonly<Record<string, unknown>>,
  versions: Versions = {},
  now = new Date(),
): Results {
  const results = {
    command,
    date: now.toISOString().slice(0, 10),
    machine: thisMachine(),
    versions: sorted({ node: process.versions.node, ...versions }, "versions"),
    figures: sorted(figures, "figures"),
  };
  return checkResults(results, command);
}

export function saveResults(name: string, results: Results, folder = RESULTS): string {
  const path = pathOf(name, folder);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  return path;
}

/** The same value with sorted keys. @throws for a value that JSON cannot represent */
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
