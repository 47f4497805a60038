import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** The content of every JSON file of a folder. @throws {Error} when there is none */
export function jsonIn(folder: string): object[] {
  const files = readdirSync(join(ROOT, folder)).filter((file) => file.endsWith(".json"));
  if (files.length === 0) throw new Error(`${folder} has no JSON file`);
  return files.map((file) => JSON.parse(readFileSync(join(ROOT, folder, file), "utf8")) as object);
}
