import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Milliseconds that git may take. */
const GIT_TIMEOUT = 60_000;

/** What a git command prints; undefined when it fails, because there is no such commit for example. */
export async function git(root: string, ...args: readonly string[]): Promise<string | undefined> {
  return gitOrThrow(root, ...args).catch(() => undefined);
}

/**
 * What a git command prints.
 * @throws Error with the command and the last line of what git said
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

/** The tags, the newest first. @param options of `git tag`, to list some of them */
export async function tagsOf(root: string, ...options: readonly string[]): Promise<string[]> {
  const tags = await git(root, "tag", "--list", "--sort=-creatordate", ...options);
  return tags === undefined || tags === "" ? [] : tags.split("\n");
}

/**
 * What a user most likely means without `--from`: the last commit while environments.ts, main.ts or the stacks are
 * changed since, otherwise the last release before this commit, otherwise the commit before.
 * @throws Error where no earlier version is there
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
    "there is no earlier version: this folder is no git repository, or has one commit, as a shallow clone has (git fetch --unshallow gets the others). Name one with --from: a tag, a commit or a folder",
  );
}

/** What decides what is synthesized. */
const WHAT_DECIDES = ["environments.ts", "main.ts", "stacks", "package-lock.json"];
