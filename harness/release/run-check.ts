import { spawn } from "node:child_process";
import { once } from "node:events";
import { findCommand, thisSystem } from "../ecs/programs/operating-system.ts";
import type { Check } from "./checks.ts";

/** What came of a check. */
export interface CheckResult {
  readonly command: string;
  readonly outcome: "passed" | "failed" | "not run";
  /** Its last lines when it failed; why it was not run. */
  readonly details: readonly string[];
}

/** Lines that say why a check failed: the last ones. */
const TOLD = 20;

/** Characters of output that are kept. */
const KEPT = 20_000;

/** Runs a check in the repository's root. */
export async function runCheck(
  { command, program }: Check,
  root: string,
  signal: AbortSignal,
): Promise<CheckResult> {
  if (program !== undefined && findCommand(thisSystem(), program) === undefined) {
    const details = [`${program} is not on PATH; CI runs it`];
    return { command, outcome: "not run", details };
  }
  const [name = "", ...args] = command.split(" ");
  const child = spawn(name, args, { cwd: root, signal, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-KEPT);
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) return { command, outcome: "passed", details: [] };
  return { command, outcome: "failed", details: output.trim().split("\n").slice(-TOLD) };
}
