// `npm run imports`: reads every import of the sources, types included, and fails when one goes against
// the directions, or when it has read none. `npm run imports -- --update` draws the diagrams of
// CONTRIBUTING.md anew; without it they are compared.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, orExit, parse } from "../../../command-line/options.ts";
import { run } from "../../../command-line/run-and-exit.ts";
import { checkImports, sourcesOf } from "./check.ts";
import { diagram, withDiagrams } from "./diagram.ts";
import { DIRECTIONS } from "./directions.ts";
import { edgesOf } from "./layers.ts";
import { readModules } from "./modules.ts";

const ROOT = join(import.meta.dirname, "../../..");
const PAGE = join(ROOT, "CONTRIBUTING.md");

const program = command("npm run imports --", "Checks the directions of all imports.").option(
  "--update",
  "draw the diagrams of CONTRIBUTING.md anew",
  false,
);
const { update } = orExit(() => parse(program, process.argv.slice(2)) as { update: boolean });

run(async () => {
  const modules = readModules(ROOT, sourcesOf(ROOT));
  const { problems, summary } = checkImports(modules, DIRECTIONS);

  const folders = DIRECTIONS.layered.map(({ folder }) => folder);
  const page = readFileSync(PAGE, "utf8");
  const drawn = withDiagrams(
    page,
    new Map(folders.map((folder) => [folder, diagram(edgesOf(modules, folder))])),
  );
  const isOld = drawn !== page && !update;
  if (update) writeFileSync(PAGE, drawn);

  for (const problem of problems) console.error(problem);
  if (isOld) console.error("CONTRIBUTING.md shows other imports; run: npm run imports -- --update");
  console.log(summary);
  return problems.length > 0 || isOld ? 1 : 0;
});
