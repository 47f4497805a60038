import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiChange } from "./api-changes.ts";
import { CHECKS, type Check } from "./checks.ts";
import { releasesOf } from "./last-release.ts";
import { addressIn } from "./module-sources.ts";
import { checkRefusals, treeRefusals, typeRefusals, versionRefusals } from "./refusals.ts";
import { repositoryOf } from "./repository.ts";
import type { CheckResult } from "./run-check.ts";
import { tagOf } from "./version.ts";
import { type WrittenFile, writtenFiles } from "./written-files.ts";
import { messageOf } from "../../command-line/error-text.ts";

/** A release that is asked for, and what it needs of its surroundings. */
export interface ReleaseRequest {
  readonly root: string;
  readonly version: string;
  readonly isDryRun: boolean;
  /** Only a dry run may leave them out. */
  readonly isChecked: boolean;
  /** The day of the release. */
  readonly today: Date;
  readonly runCheck: (check: Check) => Promise<CheckResult>;
  /** The changes of the package's public types since a tag. */
  readonly typesSince: (tag: string) => Promise<readonly ApiChange[]>;
  /** What the upgrade from a tag does to the environments, in Markdown. */
  readonly upgradeFrom: (tag: string) => Promise<string>;
  /** What goes on, while it does. */
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** All that is known of a release before anything is written. */
export interface ReleasePlan {
  readonly version: string;
  readonly last: string | undefined;
  readonly refusals: readonly string[];
  /** Undefined where they were not run. */
  readonly checks: readonly CheckResult[] | undefined;
  readonly types: readonly ApiChange[];
  readonly upgrade: string | undefined;
  readonly files: readonly WrittenFile[];
}

/** Finds all refusals, so that they are told together. */
export async function planOf(request: ReleaseRequest): Promise<ReleasePlan> {
  const { root, version, isDryRun, isChecked, today } = request;
  const repository = repositoryOf(root);
  const releases = await releasesOf(root);
  const { last } = releases;
  const { types, upgrade, refusals: ofLast } = await comparedWith(last, request);
  const page = typeof repository === "string" ? undefined : repository.page;
  const clone = typeof repository === "string" ? addressNow(root) : repository.clone;
  const date = today.toISOString().slice(0, 10);
  const written = { version, date, last, upgrade, page, clone };
  const { value: files = [], refusals: ofFiles } = await orRefusal(
    async () => writtenFiles(root, written),
    request,
  );
  const refusals = [
    ...(typeof repository === "string" ? [repository] : []),
    ...(await treeRefusals(root)),
    ...(await versionRefusals(root, version, releases)),
    ...ofLast,
    ...ofFiles,
  ];
  // They take many minutes: not for a release that is refused anyway.
  const isWorthwhile = isChecked && (isDryRun || refusals.length === 0);
  const checks = isWorthwhile ? await runAll(request) : undefined;
  return {
    version,
    last,
    refusals: [...refusals, ...checkRefusals(checks ?? [])],
    checks,
    types,
    upgrade,
    files,
  };
}

/** The address of the pages, which is an example until the repository has one. */
const addressNow = (root: string): string =>
  addressIn(readFileSync(join(root, "docs/own-terraform.md"), "utf8")) ?? "";

async function comparedWith(last: string | undefined, request: ReleaseRequest) {
  const { version, typesSince, upgradeFrom, progress } = request;
  if (last === undefined) return { types: [], upgrade: undefined, refusals: [] };
  const tag = tagOf(last);
  progress(`comparing the public types with ${tag}`);
  const types = await orRefusal(() => typesSince(tag), request);
  progress(`comparing the environments with ${tag}`);
  const upgrade = await orRefusal(() => upgradeFrom(tag), request);
  const changes = types.value ?? [];
  return {
    types: changes,
    upgrade: upgrade.value,
    refusals: [...types.refusals, ...typeRefusals(version, last, changes), ...upgrade.refusals],
  };
}

/** What cannot be found out is one refusal more. */
async function orRefusal<Value>(
  find: () => Promise<Value>,
  { signal }: ReleaseRequest,
): Promise<{ readonly value?: Value; readonly refusals: readonly string[] }> {
  try {
    return { value: await find(), refusals: [] };
  } catch (error) {
    signal.throwIfAborted();
    return { refusals: [messageOf(error)] };
  }
}

async function runAll({ runCheck, progress }: ReleaseRequest): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of CHECKS) {
    progress(`${check.command} ...`);
    const result = await runCheck(check);
    progress([`${check.command}: ${result.outcome}`, ...result.details].join("\n  "));
    results.push(result);
  }
  return results;
}
