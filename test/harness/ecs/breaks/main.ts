// Breaks each behaviour of the table "Compared with ECS" once, in a copy of the repository, and sees a test of its row fail.
//
//   npx tsx test/harness/ecs/breaks/main.ts [ROW]     all rows, or those whose first cell contains the text

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BREAKS, type Break } from "./rows.ts";
import { testsByRow } from "./table.ts";

/** Milliseconds for the tests of a row. */
const LONGEST = 300_000;

const root = new URL("../../../../", import.meta.url).pathname;
const rows = testsByRow(readFileSync(join(root, "harness/ecs/README.md"), "utf8"));

/** A copy of the files that git knows, with the dependencies of this clone. */
function copied(folder: string): void {
  const list = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" });
  for (const file of list.split("\0").slice(0, -1)) cpSync(join(root, file), join(folder, file));
  for (const path of ["node_modules", "runtime/dist"])
    symlinkSync(join(root, path), join(folder, path));
}

/** The tests that fail, and those that pass. */
function testIn(folder: string, test: string, only: string | undefined) {
  const report = join(folder, "report.json");
  rmSync(report, { force: true });
  const file = `test/harness/ecs/${test}.test.ts`;
  const words = [
    "vitest",
    "run",
    "--project",
    "repository",
    "--project",
    "images",
    file,
    ...(only ? ["-t", only] : []),
  ];
  const output = ["--reporter", "json", "--outputFile", report];
  spawnSync("npx", [...words, ...output], { cwd: folder, timeout: LONGEST, stdio: "ignore" });
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(
    readFileSync(report, "utf8"),
  ) as { numPassedTests: number; numFailedTests: number };
  return { passed, failed };
}

/** @returns why the break proves nothing; undefined if a test has seen it */
function whyUnseen(folder: string, { row, file, from, to, test, only }: Break): string | undefined {
  const tests = rows.get(row) ?? [];
  const chosen = test ?? tests[0] ?? "";
  if (!tests.includes(chosen)) return `the table has no test ${chosen} for it`;
  const path = join(folder, "harness/ecs", file);
  const source = readFileSync(path, "utf8");
  if (source.split(from).length !== 2) return `${file} does not have this once: ${from}`;
  const whole = testIn(folder, chosen, only);
  if (whole.failed > 0 || whole.passed === 0) return `${chosen} does not pass unbroken`;
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  try {
    return testIn(folder, chosen, only).failed > 0
      ? undefined
      : `${chosen} passes when it is broken`;
  } finally {
    writeFileSync(path, source);
  }
}

const [wanted = ""] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "breaks-"));
try {
  copied(folder);
  for (const each of BREAKS.filter(({ row }) => row.includes(wanted))) {
    const why = whyUnseen(folder, each);
    console.log(
      `${why === undefined ? "seen" : "NOT SEEN"}  ${each.row}${why === undefined ? "" : `: ${why}`}`,
    );
    if (why !== undefined) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
