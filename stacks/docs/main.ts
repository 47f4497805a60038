import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError } from "../config/config-error.ts";
import { exitCodeOf } from "../exit-code.ts";
import { loadEnvironments } from "../load-environments.ts";
import { pages } from "./pages.ts";

// `npm run docs`, with the path of environments.ts: writes the pages that are made from the code.

try {
  const environments = await loadEnvironments(process.argv[2]);
  for (const [path, text] of Object.entries(pages(environments))) {
    const file = join(import.meta.dirname, "../..", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(path);
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = exitCodeOf(error);
}
