import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildPackage } from "../../harness/commands/shared/build-package.ts";
import { command, orExit, parse } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { checkWritable, writeResults } from "../../harness/results/write-results.ts";
import { runNode } from "../support/run-node.ts";
import { FOLDERS, PROCESSES, REPORT, ROOT } from "./paths.ts";
import { type BuiltScripts, Processes } from "./processes.ts";
import { type Report, type Statement, statementsOf, tallyOf } from "./statements.ts";
import { explain } from "./unrun.ts";
import { reasons } from "./reasons/index.ts";

// `npm run coverage`: runs every test, scenario and fault, and names the statements that none of them runs. What a
// test starts as a process counts too.

const program = command(
  "npm run coverage --",
  "Runs every test, scenario and fault; tells what none runs.",
);
orExit(() => parse(program, process.argv.slice(2)));

/** The runs of Vitest, each with the folder of its report. The projects left out run the same tests once more. */
const TESTS = [
  { name: "npm-test", args: ["--project=!ioredis5*"] },
  { name: "npm-run-test-long", args: ["--config=test/long.config.ts", "--root=."] },
];

/** What the workflow plays beside the tests: every scenario and every fault, and an upgrade. They write no file. */
const PLAYS = [
  ["harness/commands/scenarios/main.ts", "--times=1", "--parallel=2"],
  ["harness/commands/faults/main.ts", "--only", " "],
  // Of the last commit: it changes nothing.
  ["harness/commands/upgrade/main.ts", "--from", "HEAD"],
];

async function measure(signal: AbortSignal): Promise<number> {
  checkWritable("coverage");
  await buildPackage();
  rmSync(REPORT, { recursive: true, force: true });
  mkdirSync(PROCESSES, { recursive: true });
  const reports: Report[] = [];
  for (const { name, args } of TESTS) {
    reports.push(await runTests(join(REPORT, name), args, signal));
  }
  for (const args of PLAYS) {
    // One that fails has left statements unrun, which are told.
    const variables = { NODE_V8_COVERAGE: PROCESSES };
    await runNode(["--import", "tsx", ...args], { variables, signal });
  }
  const processes = new Processes();
  processes.takeFrom(PROCESSES, await builtScripts(signal));
  if (processes.count === 0) throw new Error("no process wrote what it ran");
  const statements = statementsOf(reports, processes);
  const figures = Object.fromEntries(
    FOLDERS.map((folder) => [
      folder,
      tallyOf(statements.filter(({ file }) => file.startsWith(`${folder}/`))),
    ]),
  );
  for (const [folder, { statements: all, run: count, byProcesses, percent }] of Object.entries(
    figures,
  )) {
    console.log(
      `${folder}: ${count} of ${all} statements, ${percent} % (${byProcesses} in processes alone)`,
    );
  }
  writeResults("coverage", "npm run coverage", figures);
  return tell(statements) > 0 ? 1 : 0;
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

async function runTests(
  report: string,
  which: readonly string[],
  signal: AbortSignal,
): Promise<Report> {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const code = await runNode(
    [
      vitest,
      "run",
      // What is measured here is no time: a busy machine may take its own.
      "--retry=2",
      "--testTimeout=120000",
      "--coverage.enabled",
      "--coverage.provider=v8",
      "--coverage.reporter=json",
      `--coverage.reportsDirectory=${report}`,
      ...FOLDERS.map((folder) => `--coverage.include=${folder}/**/*.ts`),
      ...which,
    ],
    { variables: { COVERAGE_OF_PROCESSES: PROCESSES }, signal },
  );
  if (code !== 0) throw new Error("a test failed, see above: nothing is measured");
  return JSON.parse(readFileSync(join(report, "coverage-final.json"), "utf8")) as Report;
}

/** The package as it is built, with the source maps that it is published without. */
async function builtScripts(signal: AbortSignal): Promise<BuiltScripts> {
  const folder = join(REPORT, "dist");
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const args = ["-p", "runtime", "--outDir", folder, "--sourceMap"];
  await promisify(execFile)(tsc, args, { cwd: ROOT, signal });
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

run(async (signal) => {
  // Tests that are interrupted leave their temporary folders.
  const folder = mkdtempSync(join(tmpdir(), "coverage-"));
  process.env["TMPDIR"] = folder;
  try {
    return await measure(signal);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
