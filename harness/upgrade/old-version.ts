import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RootModule } from "../ecs/index.ts";
import { messageOf } from "../../command-line/error-text.ts";
import { borrowPackages, INSTALL_TIMEOUT, installPackages, withFilesOf } from "./files-of.ts";
import { git, tagsOf } from "./git.ts";
import { differingPackages } from "./lock-differences.ts";

/** Timeout of a synthesis of all environments, in milliseconds. */
const SYNTH_TIMEOUT = 120_000;

/** The files that this command needs to synthesize a version. */
const LAYOUT = ["main.ts", "environments.ts", "stacks", "package-lock.json"];

/** The old version is not available. The message is one sentence. */
class VersionError extends Error {
  override readonly name = "VersionError";
  readonly code = "ERR_UPGRADE_FROM";
}

export interface OldVersionOptions {
  /** This repository's folder. */
  readonly root: string;
  /** A tag, a commit, or a folder with a checkout or the output of a synthesis. */
  readonly from: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** The base of relative folders. */
  readonly here: string;
  readonly environment: string;
}

/**
 * The root module of an environment, synthesized by an old version.
 * @throws VersionError
 */
export async function oldVersion(options: OldVersionOptions): Promise<RootModule> {
  const { root, from, here, environment } = options;
  const commit = await commitOf(options);
  if (commit !== undefined) return atCommit(commit, options);
  const folder = join(here === "" ? root : here, from);
  const path = existsSync(folder) ? folder : from;
  if (existsSync(join(path, "stacks", environment, "cdk.tf.json"))) {
    return read(join(path, "stacks"), options);
  }
  if (existsSync(join(path, "main.ts"))) {
    const outdir = mkdtempSync(join(tmpdir(), "upgrade-out-"));
    try {
      await synthesize(path, outdir, options);
      return read(join(outdir, "stacks"), options);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  }
  throw new VersionError(await notFound(path, options));
}

const commitOf = ({ root, from }: OldVersionOptions): Promise<string | undefined> =>
  git(root, "rev-parse", "--verify", "--quiet", `${from}^{commit}`);

async function notFound(path: string, { root, from, environment }: OldVersionOptions) {
  if (existsSync(path)) {
    return `--from ${from}: the folder has neither main.ts nor stacks/${environment}/cdk.tf.json`;
  }
  const tags = await tagsOf(root);
  const there =
    tags.length === 0 ? "there are no tags yet" : `tags: ${tags.slice(0, 12).join(", ")}`;
  return `--from ${from}: no tag, commit or folder of that name; ${there}; any commit of git log is allowed`;
}

/** Synthesizes a commit and reads the environment's root module. */
async function atCommit(commit: string, options: OldVersionOptions): Promise<RootModule> {
  const { root, from, say, signal } = options;
  const names = await git(root, "ls-tree", "--name-only", commit);
  const missing = LAYOUT.filter((name) => !names?.split("\n").includes(name));
  if (missing.length > 0) throw new VersionError(await tooOld(options, missing));
  return withFilesOf(root, commit, async (folder) => {
    const differing = differingPackages(
      join(root, "package-lock.json"),
      join(folder, "package-lock.json"),
    );
    if (differing.length === 0) borrowPackages(root, folder);
    else {
      say(
        `${from} has other versions of ${differing.join(", ")}: installing them in a temporary folder`,
      );
      await install(folder, from, signal);
    }
    await synthesize(folder, join(folder, "out"), options);
    return read(join(folder, "out/stacks"), options);
  });
}

async function tooOld({ root, from }: OldVersionOptions, missing: readonly string[]) {
  const commits = await git(
    root,
    "log",
    "--reverse",
    "--format=%h",
    "--diff-filter=A",
    "--",
    "environments.ts",
  );
  const first = commits?.split("\n")[0];
  const since =
    first === undefined || first === "" ? "" : `; the first commit that has it is ${first}`;
  return `--from ${from}: it is from before the present folder layout (without ${missing.join(", ")})${since}`;
}

async function install(folder: string, from: string, signal: AbortSignal): Promise<void> {
  try {
    await installPackages(folder, signal);
  } catch (cause) {
    signal.throwIfAborted();
    const message = `--from ${from}: npm ci of its packages failed or took more than ${INSTALL_TIMEOUT / 1_000} s: ${lastLine(cause)}`;
    throw new VersionError(message, { cause });
  }
}

/** Runs the version's main.ts with its own stacks and environments.ts. */
async function synthesize(
  folder: string,
  outdir: string,
  { from, signal }: OldVersionOptions,
): Promise<void> {
  signal.throwIfAborted();
  const args = ["--import", import.meta.resolve("tsx"), "main.ts"];
  const synthesis = promisify(execFile)(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, CDKTF_OUTDIR: outdir },
    timeout: SYNTH_TIMEOUT,
  });
  // Waits for its end, because it writes into a folder that is removed afterwards.
  const end = (): boolean => synthesis.child.kill("SIGKILL");
  signal.addEventListener("abort", end);
  try {
    await synthesis.finally(() => signal.removeEventListener("abort", end));
  } catch (cause) {
    signal.throwIfAborted();
    const message = `--from ${from}: its main.ts does not synthesize: ${lastLine(cause)}`;
    throw new VersionError(message, { cause });
  }
}

function lastLine(cause: unknown): string {
  const stderr = cause instanceof Error ? String(Reflect.get(cause, "stderr") ?? "") : "";
  return stderr.trim().split("\n").at(-1) || messageOf(cause);
}

function read(stacks: string, { from, environment }: OldVersionOptions): RootModule {
  const names = existsSync(stacks) ? readdirSync(stacks) : [];
  if (!names.includes(environment)) {
    const there = names.join(", ") || "none";
    throw new VersionError(
      `--from ${from}: there was no environment ${environment}; there were: ${there}`,
    );
  }
  const path = join(stacks, environment, "cdk.tf.json");
  try {
    return JSON.parse(readFileSync(path, "utf8")) as RootModule;
  } catch (cause) {
    throw new VersionError(`--from ${from}: ${path} is not JSON`, { cause });
  }
}
