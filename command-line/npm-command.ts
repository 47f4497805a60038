import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HERE, quoted } from "./options.ts";

/** The folder of this package. */
const HOME = fileURLToPath(new URL("..", import.meta.url)).replace(/(.)\/$/, "$1");

/**
 * A command of this package that works in the user's folder: npm runs the scripts of the nearest package.
 * @param script `start`, `run local`
 */
export function npmCommand(script: string, here: string = HERE): string {
  const prefix = nearestPackage(here) === HOME ? "" : ` --prefix ${quoted(HOME)}`;
  return `npm ${script}${prefix}`;
}

function nearestPackage(folder: string): string | undefined {
  if (existsSync(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : nearestPackage(above);
}
