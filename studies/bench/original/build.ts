import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** ms; the first build compiles the standard library. */
const BUILD_TIMEOUT = 180_000;

/** The built program of the original dialer. */
export interface Original extends Disposable {
  readonly program: string;
}

/**
 * @param go path of the Go command
 * @throws {Error} with the output of Go, if it cannot build the program within 3 minutes
 */
export async function buildOriginal(go: string, signal: AbortSignal): Promise<Original> {
  const folder = mkdtempSync(join(tmpdir(), "bench-original-"));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  const program = join(folder, "original");
  try {
    await promisify(execFile)(go, ["build", "-o", program, "main.go"], {
      cwd: import.meta.dirname,
      // Go's own resolver needs no C compiler. GOTOOLCHAIN prevents a download of another Go.
      env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOTOOLCHAIN: "local" },
      timeout: BUILD_TIMEOUT,
      signal,
    });
  } catch (error) {
    dispose();
    const output = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    throw new Error(`go build failed: ${output}`, { cause: error });
  }
  return { program, [Symbol.dispose]: dispose };
}
