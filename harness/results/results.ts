import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Where the figures are kept. */
export const RESULTS = join(import.meta.dirname, "../../studies/results");

const text = z.string().min(1);

const figures = z
  .record(text, z.json())
  .refine((given) => Object.keys(given).length > 0, "is empty: nothing was measured");

const results = z.strictObject({
  command: text,
  date: z.iso.date(),
  machine: z.strictObject({
    cpu: text,
    cores: z.int().positive(),
    memory: text,
    system: text,
  }),
  versions: z.record(text, text),
  figures,
});

/** What a command measured, and what the figures depend on. */
export type Results = z.infer<typeof results>;

export const pathOf = (name: string, folder: string = RESULTS): string => {
  if (/^[a-z][a-z0-9-]*$/.test(name)) return join(folder, `${name}.json`);
  throw new Error(`results have the name "${name}"; allowed: small letters, digits and hyphens`);
};

/** @throws an error that names the file, when it is missing or something else than results */
export function readResults(name: string, folder: string = RESULTS): Results {
  const path = pathOf(name, folder);
  return checkResults(JSON.parse(readFileSync(path, "utf8")), path);
}

/** @param place for messages: where the results come from or go to */
export function checkResults(given: unknown, place: string): Results {
  const { success, data, error } = results.safeParse(given);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`${place}: ${problems.join("; ")}`);
}
