import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildPackage } from "./shared/build-package.ts";
import { command, orExit, parse } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";

// `npm run reference`: writes the reference of the public names from their docstrings.

const program = command(
  "npm run reference --",
  "Writes docs/reference/ from the docstrings of the public names.",
);
orExit(() => parse(program, process.argv.slice(2)));

run(async () => {
  await buildPackage();
  // The compiler takes seconds to load, and a mistake in the arguments does not need it.
  const { written } = await import("../reference/pages.ts");
  for (const [path, text] of Object.entries(await written())) {
    const file = join(import.meta.dirname, "../..", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(path);
  }
  return 0;
});
