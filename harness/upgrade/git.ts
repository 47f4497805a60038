import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Timeout of git, in milliseconds. */
const GIT_TIMEOUT = 60_000;

/** The output of a git command. Undefined if it fails, for example because a commit does not exist. */
export async function git(root: string, ...args: readonly string[]): Promise<string | undefined> {
  return gitOrThrow(root, ...args).catch(() => undefined);
}

/**
 * The output of a git command.
 * @throws Error with the command and the last line of git's output
 */
export async function gitOrThrow(root: string, ...args: readonly string[]): Promise<string> {
  const options = { cwd: root, timeout: GIT_TIMEOUT, maxBuffer: 2 ** 26 };
  try {
    const { stdout } = await promisify(execFile)("git", [...args], options);
    return stdout.trim();
  } catch (cause) {
    const stderr = String(Object(cause)["stderr"] ?? "").trim();
    const why = stderr.split("\n").at(-1) || "it gave no reason";
    throw new Error(`git ${args.slice(0, 2).join(" ")} failed: ${why}`, { cause });
  }
}

/** The tags, newest first. @param options of `git tag`, to filter */
export async function tagsOf(root: string, ...options: readonly string[]): Promise<string[]> {
  const tags = await git(root, "tag", "--list", "--sort=-creatordate", ...options);
  return tags === undefined || tags === "" ? [] : tags.split("\n");
}

/**
 * The default of `--from`: HEAD if environments.ts, main.ts or the stacks have changes, else the last release before
 * this commit, else the previous commit.
 * @throws Error if there is no earlier version
 */
export async function defaultFrom(root: string): Promise<string> {
  const changed = await git(root, "status", "--porcelain", "--", ...WHAT_DECIDES);
  if (changed !== undefined && changed !== "") return "HEAD";
  const own = await git(root, "tag", "--points-at", "HEAD");
  const since = own === undefined || own === "" ? "HEAD" : "HEAD~1";
  const last = await git(root, "describe", "--tags", "--abbrev=0", since);
  if (last !== undefined) return last;
  if ((await git(root, "rev-parse", "--verify", "HEAD~1")) !== undefined) return "HEAD~1";
  throw new Error(
    "there is no earlier version: this folder is not a git repository, or has only one commit, like a shallow clone (git fetch --unshallow gets the others). Give a tag, a commit or a folder with --from",
  );
}

/** The paths that determine the synthesis. */
const WHAT_DECIDES = ["environments.ts", "main.ts", "stacks", "package-lock.json"];
