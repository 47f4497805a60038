import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { command, parse } from "../../command-line/arguments.ts";
import { loadEnvironments } from "../../stacks/load-environments.ts";
import { runProgram } from "../../command-line/run-program.ts";

// `npm run docs`, with the path of environments.ts: writes the pages that are made from the code.

const [file, ...args] = process.argv.slice(2);

await runProgram(async () => {
  parse(command("npm run docs --", "Writes the pages in docs/ that are made from the code."), args);
  const environments = await loadEnvironments(file);
  // The stacks take seconds to load, and a mistake in the arguments needs none of them.
  const { pages } = await import("./pages.ts");
  for (const [path, text] of Object.entries(pages(environments))) {
    const page = join(import.meta.dirname, "../..", path);
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, text);
    console.log(path);
  }
  return 0;
});
