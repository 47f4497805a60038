import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { REPOSITORY } from "../release/small-repository.ts";

const ROOT = join(import.meta.dirname, "../../..");
const clone = mkdtempSync(join(tmpdir(), "release-clone-"));
const git = (...args: readonly string[]): string =>
  execFileSync("git", args, { cwd: clone, encoding: "utf8" }).trim();

/** The command as a user calls it. */
function release(...args: readonly string[]) {
  const options = { cwd: clone, encoding: "utf8" } as const;
  return spawnSync("npm", ["run", "--silent", "release", "--", ...args], options);
}

/** The files of this repository without its tests, as a first commit on main that was never released. */
beforeAll(() => {
  const list = [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--",
    ":!test",
    ":!results",
  ];
  const names = execFileSync("git", list, { cwd: ROOT });
  const archive = execFileSync("tar", ["--null", "--ignore-failed-read", "-cf-", "-T-"], {
    cwd: ROOT,
    input: names,
    maxBuffer: 2 ** 30,
  });
  execFileSync("tar", ["-xf-"], { cwd: clone, input: archive });
  symlinkSync(join(ROOT, "node_modules"), join(clone, "node_modules"));
  for (const path of ["package.json", "runtime/package.json"]) {
    const json = JSON.parse(readFileSync(join(clone, path), "utf8")) as object;
    const text = JSON.stringify({ ...json, version: "0.1.0", repository: REPOSITORY });
    writeFileSync(join(clone, path), text);
  }
  writeFileSync(join(clone, "CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n\n- News.\n");
  git("init", "--quiet", "--initial-branch", "main");
  appendFileSync(join(clone, ".git/info/exclude"), "/node_modules\n");
  git("add", ".");
  const someone = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"];
  git(...someone, "-c", "commit.gpgSign=false", "commit", "--quiet", "--message", "First");
}, 120_000);

afterAll(() => rmSync(clone, { recursive: true, force: true }), 120_000);

it("npm run release -- X.Y.Z --dry-run tells a first release of this repository, and changes nothing", () => {
  const before = [git("rev-parse", "HEAD"), git("for-each-ref"), git("status", "--porcelain")];
  const { status, stdout, stderr } = release("77.0.0", "--dry-run", "--no-checks");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(
    /^Release 77\.0\.0, the first release\. A dry run: nothing is changed\.\n/,
  );
  expect(stdout).toContain("Refused\n  no\n\nChecks\n  not run\n");
  expect(stdout).toContain("  +npm install srv-dialer@77.0.0 ioredis\n");
  expect(stdout.trimEnd()).toMatch(/\nA release would go through\.$/);
  const after = [git("rev-parse", "HEAD"), git("for-each-ref"), git("status", "--porcelain")];
  expect(after).toEqual(before);
});

it("npm run release ends with 2 for a wrong call, with one line", () => {
  const { status, stdout, stderr } = release("banana");
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toBe(
    "error: version 'banana'; allowed is X.Y.Z, three whole numbers without v, such as 1.2.0\n",
  );
});
