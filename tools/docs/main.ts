import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { command, parse } from "../../command-line/arguments.ts";
import { loadEnvironments } from "../../stacks/load-environments.ts";
import { runProgram } from "../../command-line/run-program.ts";

// `npm run docs`: generates pages in docs/ from the code. Its first argument is the path of environments.ts.

const [file, ...args] = process.argv.slice(2);

await runProgram(async () => {
  parse(command("npm run docs --", "Generates pages in docs/ from the code."), args);
  const environments = await loadEnvironments(file);
  // The stacks take seconds to load, so check the arguments first.
  const { pages } = await import("./pages.ts");
  for (const [path, text] of Object.entries(pages(environments))) {
    const page = join(import.meta.dirname, "../..", path);
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, text);
    console.log(path);
  }
  return 0;
});
