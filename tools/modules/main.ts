import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { command, parse } from "../../command-line/arguments.ts";
import { runProgram } from "../../command-line/run-program.ts";

// `npm run modules`: generates the Terraform modules from the constructs.

await runProgram(async () => {
  const program = command("npm run modules --", "Writes modules/ from the constructs.");
  parse(program, process.argv.slice(2));
  // The stacks take seconds to load, so check the arguments first.
  const { moduleFiles } = await import("./index.ts");
  for (const [path, text] of Object.entries(moduleFiles())) {
    const file = join(import.meta.dirname, "../..", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(path);
  }
  return 0;
});
