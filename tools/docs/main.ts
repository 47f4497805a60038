import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, parse } from "../../command-line/arguments.ts";
import { runProgram } from "../../command-line/run-program.ts";

// `npm run docs`: generates pages in docs/ from the code.

await runProgram(async () => {
  parse(
    command("npm run docs --", "Generates pages in docs/ from the code."),
    process.argv.slice(2),
  );
  // The stacks take seconds to load, so check the arguments first.
  const { pages } = await import("./pages.ts");
  for (const [path, text] of Object.entries(pages())) {
    writeFileSync(join(import.meta.dirname, "../..", path), text);
    console.log(path);
  }
  return 0;
});
