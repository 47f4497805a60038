import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Failure } from "./engine/failures.ts";
import type { Told } from "./in-child.ts";
import type { TargetReport } from "./target.ts";

const CHILD = new URL("child.ts", import.meta.url);
/** MiB of its heap: more is a finding. */
const HEAP = 512;

export interface TargetRun {
  readonly name: string;
  readonly seed: number;
  readonly inputs: number;
  readonly signal: AbortSignal;
  /** The program to run. @default this folder's child.ts */
  readonly program?: URL;
  /** A run that tells nothing for so long is hung, in ms. @default 120 000 */
  readonly silence?: number;
}

/**
 * Runs a target in a process of its own. A crash, an endless loop and too much memory end that
 * process alone, and are reported as a failure, with the number of the inputs that were done, after what was found
 * until then. When the signal aborts, what was found until then is the report.
 *
 * @throws {Error} when the target cannot run
 */
export function runTarget(run: TargetRun): Promise<TargetReport> {
  const { name, seed, inputs, signal, program = CHILD, silence = 120_000 } = run;
  const child = fork(fileURLToPath(program), [name, String(seed), String(inputs)], {
    execArgv: ["--import", "tsx", "--expose-gc", `--max-old-space-size=${HEAP}`],
    signal,
    killSignal: "SIGKILL",
  });
  return new Promise((resolve, reject) => {
    let done = 0;
    let found: readonly Failure[] = [];
    const stopped = (): void => resolve({ inputs: done, figures: {}, failures: found });
    const failed = (what: string): void => {
      const after = `${what}, after ${done} inputs; --seed ${seed} gives them again`;
      resolve({ inputs: done, figures: {}, failures: [...found, { input: "", what: after }] });
    };
    const hung = (): void => {
      failed(`said nothing for ${silence} ms`);
      child.kill("SIGKILL");
    };
    let timer = setTimeout(hung, silence);
    child.on("message", (message) => {
      clearTimeout(timer);
      timer = setTimeout(hung, silence);
      const told = message as Told;
      if ("done" in told) done = told.done;
      else if ("found" in told) found = told.found;
      else if ("report" in told) resolve(told.report);
      else reject(new Error(`${name}: ${told.error}`));
      if ("report" in told || "error" in told) child.kill("SIGKILL");
    });
    child.once("error", (error) => (signal.aborted ? stopped() : reject(error)));
    child.once("exit", (code, killedBy) => {
      clearTimeout(timer);
      failed(`its process ended (${killedBy ?? code})`);
    });
  });
}
