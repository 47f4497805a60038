import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { WrittenFile } from "./written-files.ts";

/** The lines that files lose and get, below each file's path. */
export async function diffOf(files: readonly WrittenFile[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "release-diff-"));
  try {
    for (const { path, before, after } of files) {
      write(join(folder, "before", path), before);
      write(join(folder, "after", path), after);
    }
    return readable(await gitDiff(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** git ends with 1 where files differ. */
function differing(error: unknown): { stdout: string } {
  if (Object(error)["code"] !== 1) throw error;
  return { stdout: String(Object(error)["stdout"]) };
}

async function gitDiff(folder: string): Promise<string> {
  const args = ["diff", "--no-index", "--no-color", "--no-ext-diff", "--unified=0"];
  const options = { cwd: folder, maxBuffer: 2 ** 26 };
  const run = promisify(execFile)("git", [...args, "before", "after"], options);
  return (await run.catch(differing)).stdout;
}

/** Without what is for programs: hashes, line numbers, and the path once more. */
const readable = (diff: string): string =>
  diff
    .split("\n")
    .filter((line) => !/^(index |--- |@@ )/.test(line))
    .filter((line) => !line.startsWith("diff --git"))
    .map((line) => line.replace(/^\+\+\+ (?:b\/)?after\//, ""))
    .join("\n")
    .trimEnd();
