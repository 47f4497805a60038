import { readFileSync } from "node:fs";
import { join } from "node:path";
import { git, gitOrThrow } from "../upgrade/git.ts";
import type { ApiChange } from "./api-changes.ts";
import { newestIn, tellsNothing } from "./changelog.ts";
import { isReleased, type Releases } from "./last-release.ts";
import { versionsIn } from "./package-versions.ts";
import type { CheckResult } from "./run-check.ts";
import { isGreater, leastAfter, tagOf } from "./version.ts";

/** The branch that releases are made on. */
export const BRANCH = "main";

/** Files that a sentence names. */
const NAMED = 10;

/** Why the tree cannot be released as it is: each a sentence that says what to do. */
export async function treeRefusals(root: string): Promise<string[]> {
  const branch = await git(root, "symbolic-ref", "--short", "--quiet", "HEAD");
  const status = await gitOrThrow(root, "status", "--porcelain");
  const changed = status.split("\n").flatMap((line) => line.trim().split(/\s+/).slice(1, 2));
  return [
    ...(branch === BRANCH
      ? []
      : [
          `${branch === undefined ? "no branch" : `branch ${branch}`} is checked out; a release is made on ${BRANCH}`,
        ]),
    ...(changed.length === 0
      ? []
      : [`the tree is not clean: commit or stash ${firstOf(changed, NAMED).join(", ")}`]),
  ];
}

/** Why that version cannot be the next. */
export async function versionRefusals(
  root: string,
  version: string,
  { last, strange }: Releases,
): Promise<string[]> {
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  return [
    ...strange.map(
      (tag) => `tag ${tag} is no release's: allowed is vX.Y.Z; rename it or delete it`,
    ),
    ...unknownTag(newestIn(changelog), last),
    ...((await isReleased(root, version))
      ? [`tag ${tagOf(version)} exists already`]
      : tooLow(root, version, last)),
    ...(tellsNothing(changelog)
      ? ["CHANGELOG.md tells of nothing under [Unreleased]: write what users notice"]
      : []),
  ];
}

/** A clone without tags would take any release for the first. */
function unknownTag(told: string | undefined, last: string | undefined): string[] {
  if (told === last) return [];
  if (told === undefined) return [`CHANGELOG.md has no section of the last release, ${last}`];
  const instead = last === undefined ? "there is none" : `the last one is ${tagOf(last)}`;
  return [
    `unknown tag ${tagOf(told)}: CHANGELOG.md has its section, and of the tags of this branch ${instead}; git fetch --tags`,
  ];
}

/** The first release may have the version that package.json has already. */
function tooLow(root: string, version: string, last: string | undefined): string[] {
  if (last !== undefined) {
    return isGreater(version, last)
      ? []
      : [`${version} is not greater than the last release, ${last}`];
  }
  const [present = ""] = versionsIn(readFileSync(join(root, "package.json"), "utf8"));
  return isGreater(present, version) ? [`${version} is less than ${present} of package.json`] : [];
}

/** Why the public types need a greater version. */
export function typeRefusals(
  version: string,
  last: string,
  changes: readonly ApiChange[],
): string[] {
  const breaking = changes.filter(({ level }) => level === "major");
  const [level, telling] =
    breaking.length > 0 ? (["major", breaking] as const) : (["minor", changes] as const);
  const least = leastAfter(last, level);
  if (telling.length === 0 || !isGreater(least, version)) return [];
  const why = level === "major" ? "the public types change" : "the public types have something new";
  return [
    `${version} is too low: ${why} since ${last}, so the next version is ${least} at least (${firstOf(
      telling.map(({ text }) => text),
      NAMED,
    ).join("; ")})`,
  ];
}

export const checkRefusals = (results: readonly CheckResult[]): string[] =>
  results.filter(({ outcome }) => outcome === "failed").map(({ command }) => `${command} fails`);

function firstOf(all: readonly string[], most: number): string[] {
  return all.length <= most ? [...all] : [...all.slice(0, most), `and ${all.length - most} more`];
}
