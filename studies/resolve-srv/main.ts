import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { command, orExit, parse } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { withBlock } from "../../harness/results/marked-block.ts";
import { NODES, OURS, answersOf } from "./answers.ts";
import { type Column, toTable } from "./table.ts";

// `npm run resolve-srv --prefix studies`: writes the table of runtime/docs/dns.md.

const PAGE = join(import.meta.dirname, "../../runtime/docs/dns.md");
/** The newest of each major, and the last ones with c-ares 1.34.8: 22.23.3, 24.21.0 and 26.10.0. */
const VERSIONS =
  "20.20.2 21.7.3 22.23.3 22.23.5 23.11.1 24.21.0 24.22.3 25.9.0 26.10.0 26.12.1".split(" ");
const PLATFORM = `node-${process.platform}-${process.arch}`;

orExit(() =>
  parse(
    command(
      "npm run resolve-srv --prefix studies",
      `Asks resolveSrv of Node.js ${VERSIONS.join(", ")}, which it takes from npm, and that of srv-dialer on each of them. Writes the table of runtime/docs/dns.md.`,
    ),
    process.argv.slice(2),
  ),
);
run(async (signal) => {
  const columns: Column[] = [];
  const folder = mkdtempSync(join(tmpdir(), "nodes-"));
  try {
    for (const version of VERSIONS) {
      const home = join(folder, version);
      const args = ["install", "--prefix", home, "--no-save", `${PLATFORM}@${version}`];
      await promisify(execFile)("npm", args, { signal });
      const node = join(home, "node_modules", PLATFORM, "bin/node");
      const [nodes, ours] = await Promise.all([answersOf(node, NODES), answersOf(node, OURS)]);
      console.log(`Node.js ${version}`);
      columns.push({ whose: "Node.js", version, answers: nodes });
      columns.push({ whose: "srv-dialer", version: "", answers: ours });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const table = toTable(columns.toSorted((a, b) => a.whose.localeCompare(b.whose)));
  console.log(table);
  const page = readFileSync(PAGE, "utf8");
  writeFileSync(PAGE, withBlock(page, "npm run resolve-srv --prefix studies", table));
  return 0;
});
