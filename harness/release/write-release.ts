import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { git, gitOrThrow } from "../upgrade/git.ts";
import { tagOf } from "./version.ts";
import type { WrittenFile } from "./written-files.ts";
import { messageOf } from "../../command-line/error-text.ts";

/**
 * Writes the files, commits them and tags the commit. Where one of it fails, commit and files are put back.
 * @throws the error of the step that failed
 */
export async function writeRelease(
  root: string,
  version: string,
  files: readonly WrittenFile[],
): Promise<void> {
  const title = `Release ${version}`;
  const paths = files.map(({ path }) => path);
  const before = await gitOrThrow(root, "rev-parse", "HEAD");
  try {
    for (const { path, after } of files) writeFileSync(join(root, path), after);
    await gitOrThrow(root, "commit", "--quiet", "--message", title, "--", ...paths);
    await gitOrThrow(root, "tag", "--annotate", tagOf(version), "--message", title);
  } catch (error) {
    await git(root, "reset", "--quiet", "--soft", before);
    await git(root, "reset", "--quiet", "--", ...paths);
    for (const file of files) writeFileSync(join(root, file.path), file.before);
    throw new Error(`${messageOf(error)}; files and commit are as they were`, { cause: error });
  }
}
