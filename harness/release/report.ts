import type { ReleasePlan } from "./plan.ts";
import { BRANCH } from "./refusals.ts";
import { tagOf } from "./version.ts";
import { workflowJobs } from "./workflow-jobs.ts";

const section = (title: string, ...lines: readonly string[]): string =>
  [title, ...lines.flatMap((line) => line.split("\n")).map((line) => `  ${line}`.trimEnd())].join(
    "\n",
  );

const sections = (all: readonly string[]): string => all.join("\n\n");

/** Everything that a release would do, and why it is refused. */
export function dryRunReport(plan: ReleasePlan, diff: string): string {
  const { version, last, files } = plan;
  const follows = last === undefined ? "the first release" : `after ${last}`;
  const count = plan.refusals.length;
  return sections([
    `Release ${version}, ${follows}. A dry run: nothing is changed.`,
    refusalsOf(plan),
    section("Checks", ...checksOf(plan)),
    section("Public types", ...typesOf(plan)),
    section(`Files that change: ${files.length}`, diff),
    section("Commit and tag", `"Release ${version}", tagged ${tagOf(version)}`),
    section("Upgrade, as CHANGELOG.md tells it", plan.upgrade ?? "no release to upgrade from"),
    section("Once the tag is pushed, the workflow", ...jobsOf(version)),
    count === 0
      ? "A release would go through."
      : `A release would be refused: ${count === 1 ? "the reason stands" : `${count} reasons stand`} at the top.`,
  ]);
}

/** Why a release was not made. Nothing was written. */
export function refusalReport(plan: ReleasePlan): string {
  const failed = (plan.checks ?? []).filter(({ outcome }) => outcome === "failed");
  return sections([
    refusalsOf(plan),
    ...failed.map(({ command, details }) => section(command, ...details)),
    `${plan.checks === undefined ? "The checks were not run. " : ""}Nothing was changed.`,
  ]);
}

/** What was made, and what is left to do. */
export function releasedReport({ version }: ReleasePlan): string {
  return sections([
    `Release ${version} is committed and tagged ${tagOf(version)}. Nothing is pushed: look at it with git show, then`,
    // Both or none: the workflow refuses a tag whose commit is not on the branch.
    `  git push --atomic origin ${BRANCH} ${tagOf(version)}`,
    section("The tag starts the workflow, which", ...jobsOf(version)),
  ]);
}

const refusalsOf = ({ refusals }: ReleasePlan): string =>
  section("Refused", ...(refusals.length === 0 ? ["no"] : refusals.map((each) => `- ${each}`)));

function checksOf({ checks }: ReleasePlan): string[] {
  if (checks === undefined) return ["not run"];
  return checks.flatMap(({ command, outcome, details }) => [
    `${command}: ${outcome}`,
    ...details.map((line) => `  ${line}`),
  ]);
}

function typesOf({ types, last }: ReleasePlan): string[] {
  if (last === undefined) return ["no release to compare with"];
  if (types.length === 0) return [`the same as in ${last}`];
  return types.map(({ level, text }) => `${level}: ${text}`);
}

const jobsOf = (version: string): string[] =>
  Object.entries(workflowJobs(version)).map(([job, does]) => `${job}: ${does}`);
