import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, orExit, parse } from "../../../command-line/options.ts";
import { run } from "../../../command-line/run-and-exit.ts";
import { PAGES, readPage, withFigures } from "./pages.ts";

// `npm run docs:figures`: writes the figures of results/ into the pages that tell them.

const ROOT = join(import.meta.dirname, "../../..");

const program = command(
  "npm run docs:figures --",
  "Writes the figures of results/ into the pages that tell them.",
);
orExit(() => parse(program, process.argv.slice(2)));

run(async () => {
  for (const path of PAGES) {
    const page = readPage(path);
    const written = withFigures(path, page);
    if (written === page) continue;
    writeFileSync(join(ROOT, path), written);
    console.log(`wrote ${path}`);
  }
  return 0;
});
