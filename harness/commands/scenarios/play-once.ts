import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { messageOf } from "../../../command-line/error-text.ts";
import { makeFolder, removeFolder } from "../../ecs/base/temporary-folder.mjs";
import type { Recording } from "../../plays/stage/recording.ts";
import { failed } from "../../plays/stage/results.ts";
import type { Repetition } from "../../views/terminal/repetitions.ts";

/** Timeout of a play, in milliseconds. */
const PLAY_TIMEOUT = 300_000;
const START = fileURLToPath(new URL("../start/main.ts", import.meta.url));

/** Plays a scenario in a separate process, as `npm start` does. */
export async function playOnce(
  scenario: string,
  seed: number,
  signal: AbortSignal,
): Promise<Repetition> {
  const outdir = makeFolder("scenario-");
  const args = ["--import", import.meta.resolve("tsx"), START, "--scenario", scenario];
  try {
    const { stdout } = (await promisify(execFile)(
      process.execPath,
      [...args, "--seed", String(seed), "--json"],
      {
        env: { ...process.env, CDKTF_OUTDIR: outdir.path },
        maxBuffer: 256 * 1_024 * 1_024,
        timeout: PLAY_TIMEOUT,
        killSignal: "SIGINT",
        signal,
      },
    ).catch((error: unknown) => {
      // After a failed expectation the exit code is 1, and the recording is still on standard output.
      if (error instanceof Error && "stdout" in error && error.stdout !== "") return error;
      throw error;
    })) as { stdout: string };
    const [recording] = JSON.parse(stdout) as Recording[];
    return { scenario, seed, recording };
  } catch (error) {
    return { scenario, seed, recording: undefined, error: messageOf(error) };
  } finally {
    removeFolder(outdir);
  }
}

/** The play ended and every expectation held. */
export function isGood({ recording }: Repetition): boolean {
  return recording !== undefined && failed(recording).length === 0;
}
