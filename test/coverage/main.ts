import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeResults } from "../../harness/results/write-results.ts";
import { FOLDERS, PROCESSES, REPORT, ROOT } from "./paths.ts";
import { type BuiltScripts, Processes } from "./processes.ts";
import { type Report, type Statement, statementsOf, tallyOf } from "./statements.ts";
import { explain } from "./unrun.ts";
import { reasons } from "./reasons.ts";

// `npm run coverage`: runs every test, and names the statements that none of them runs. What a test starts as a
// process counts too.

/** The other projects run the same sources again, on other versions of ioredis, or none. */
const PROJECTS = ["stacks", "runtime", "harness", "support", "system", "plays", "browser"];

async function main(): Promise<number> {
  rmSync(REPORT, { recursive: true, force: true });
  mkdirSync(PROCESSES, { recursive: true });
  await runTests();
  const processes = new Processes();
  processes.takeFrom(PROCESSES, builtScripts());
  if (processes.count === 0) throw new Error("no process wrote what it ran");
  const report = JSON.parse(readFileSync(join(REPORT, "coverage-final.json"), "utf8")) as Report;
  const statements = statementsOf(report, processes);
  const figures = Object.fromEntries(
    FOLDERS.map((folder) => [
      folder,
      tallyOf(statements.filter(({ file }) => file.startsWith(`${folder}/`))),
    ]),
  );
  for (const [folder, { statements: all, run, byProcesses, percent }] of Object.entries(figures)) {
    console.log(
      `${folder}: ${run} of ${all} statements, ${percent} % (${byProcesses} in processes alone)`,
    );
  }
  if (tell(statements) > 0) return 1;
  writeResults("coverage", "npm run coverage", figures);
  return 0;
}

/** Prints what must be looked at. @returns how much that is */
function tell(statements: readonly Statement[]): number {
  const { unexplained, obsolete } = explain(statements, reasons, (file) =>
    readFileSync(join(ROOT, file), "utf8"),
  );
  for (const { file, line, code } of unexplained)
    console.log(`no test runs ${file}:${line}: ${code}`);
  for (const each of obsolete) console.log(`is run, remove its reason: ${each}`);
  return unexplained.length + obsolete.length;
}

async function runTests(): Promise<void> {
  const args = [
    "run",
    // What is measured here is no time.
    "--retry=2",
    "--coverage.enabled",
    "--coverage.provider=v8",
    "--coverage.reporter=json",
    "--coverage.clean=false",
    `--coverage.reportsDirectory=${REPORT}`,
    ...FOLDERS.map((folder) => `--coverage.include=${folder}/**/*.ts`),
    ...PROJECTS.map((name) => `--project=${name}`),
  ];
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const env = { ...process.env, COVERAGE_OF_PROCESSES: PROCESSES };
  const child = spawn(process.execPath, [vitest, ...args], { cwd: ROOT, env, stdio: [0, 2, 2] });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error("a test failed, see above: nothing is measured");
}

/** The package as it is built, with the source maps that it is published without. */
function builtScripts(): BuiltScripts {
  const folder = join(REPORT, "dist");
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  execFileSync(tsc, ["-p", "runtime", "--outDir", folder, "--sourceMap"], { cwd: ROOT });
  const scripts = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".js"),
  );
  return new Map(
    scripts.map((name) => {
      const lines = readFileSync(join(folder, name), "utf8").split("\n");
      const data = JSON.parse(readFileSync(join(folder, `${name}.map`), "utf8")) as object;
      const lineLengths = lines.map((line) => line.length);
      return [`runtime/src/${name.replace(/js$/, "ts")}`, { data, lineLengths }];
    }),
  );
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
