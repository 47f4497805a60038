import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Api } from "../reference/api.ts";
import { readApi } from "../reference/read-api.ts";
import { borrowPackages, withFilesOf } from "../upgrade/files-of.ts";

/** Milliseconds: a build takes two seconds. */
const BUILD_TIMEOUT = 120_000;

/**
 * The public names of the package as a tag has it, built with the packages that are installed here: so what differs
 * is the package's own.
 * @throws with the first error of the compiler
 */
export async function apiOfTag(root: string, tag: string, signal: AbortSignal): Promise<Api> {
  return withFilesOf(root, tag, async (folder) => {
    borrowPackages(root, folder);
    const runtime = join(folder, "runtime");
    const options = { cwd: runtime, timeout: BUILD_TIMEOUT, signal };
    await promisify(execFile)("npm", ["run", "build", "--silent"], options).catch(
      (cause: unknown) => {
        signal.throwIfAborted();
        const [line = ""] = String(Object(cause)["stdout"] ?? "").split("\n");
        throw new Error(`the package of ${tag} cannot be built: ${line}`, { cause });
      },
    );
    return readApi(runtime);
  });
}
