import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

export const RESULTS = join(import.meta.dirname, "../../studies/results");

const text = z.string().min(1);

const figures = z
  .record(text, z.json())
  .refine((given) => Object.keys(given).length > 0, "is empty");

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

/** The figures of a command, with the machine and versions. */
export type Results = z.infer<typeof results>;

export const pathOf = (name: string, folder: string = RESULTS): string => {
  if (/^[a-z][a-z0-9-]*$/.test(name)) return join(folder, `${name}.json`);
  throw new Error(
    `invalid name of results "${name}"; allowed: lower-case letters, digits and hyphens`,
  );
};

/** @throws an error with the file's path if it is missing or invalid */
export function readResults(name: string, folder: string = RESULTS): Results {
  const path = pathOf(name, folder);
  return checkResults(JSON.parse(readFileSync(path, "utf8")), path);
}

/** @param place the file's path, for messages */
export function checkResults(given: unknown, place: string): Results {
  const { success, data, error } = results.safeParse(given);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`${place}: ${problems.join("; ")}`);
}
