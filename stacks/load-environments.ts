import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "./config/config-error.ts";

/**
 * Imports a file such as `environments.ts` and returns its export `environments`. Commands take the path of
 * this file as an argument, because it imports the stacks and they must not import it.
 *
 * @throws ConfigError when the file has a syntax error, or no export `environments`; Error without a path
 */
export async function loadEnvironments(file: string | undefined): Promise<object> {
  if (file === undefined) throw new Error("missing argument: the path of environments.ts");
  const { environments } = await importFile(file);
  if (environments === undefined) throw refused(`${file} exports no environments`);
  return environments;
}

async function importFile(file: string): Promise<{ readonly environments?: object }> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as { environments?: object };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "TransformError") throw error;
    // The first line counts the errors; the others have file, line, column and what is wrong.
    const [, ...places] = error.message.split("\n");
    throw refused(places.map(readable).join("\n"), error);
  }
}

/** Writes the path relative to the working directory, and counts columns from 1 as editors do. esbuild counts from 0. */
function readable(place: string): string {
  return place
    .replace(`${resolve()}/`, "")
    .replace(
      /^(.*?:\d+:)(\d+): ERROR:/,
      (_, line: string, column: string) => `${line}${Number(column) + 1}:`,
    );
}

const refused = (message: string, cause?: Error): ConfigError =>
  new ConfigError("ERR_CONFIG_INVALID", message, [], { cause });
