import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { HarnessError } from "../base/errors.ts";
import { inSandbox, type Sandbox } from "./sandbox.ts";

const run = promisify(execFile);

/** @throws HarnessError ERR_PLATFORM where no local ECS can run */
export function checkSystem(system: string = process.platform): void {
  if (system === "linux") return;
  const message = `the local ECS needs Linux (127.0.0.0/8, /proc, flock); this is ${system}`;
  throw new HarnessError("ERR_PLATFORM", message);
}

/** Milliseconds. */
const TRIAL_TIMEOUT = 5000;

/**
 * What of a container this machine can give: all of it to root, unless a sandbox forbids it, and to an
 * ordinary user nothing. What it cannot is approximated.
 */
export interface Platform {
  /** Whether each container has a PID namespace of its own, where its first process is PID 1. */
  readonly pidNamespaces: boolean;
  /** Whether what is `readOnly`, or a `readonlyRootFilesystem`, cannot be written to. */
  readonly readOnly: boolean;
  /** Whether each container runs as its `user`, and directories of a file system have owners. */
  readonly users: boolean;
  /** Whether `ulimits` hold that are above this machine's own; lower ones always do. */
  readonly ulimits: boolean;
}

/** What each needs, tried on a program that does nothing. */
const TRIALS: Readonly<Record<keyof Platform, Sandbox>> = {
  pidNamespaces: { first: "program" },
  readOnly: { readOnly: { folders: [], rootExcept: [] } },
  users: { user: { uid: 65_534, gid: 65_534 } },
  // Beyond what it is anywhere: what an ordinary user could not set.
  ulimits: { ulimits: [{ name: "msgqueue", softLimit: -1, hardLimit: -1 }] },
};

/** Tries what this kernel and user can give. @param wanted `false` for what is not to be used */
export async function tryPlatform(wanted: Partial<Platform>): Promise<Platform> {
  const names = Object.keys(TRIALS) as (keyof Platform)[];
  const tried = names.map(
    async (name) => [name, wanted[name] !== false && (await can(TRIALS[name]))] as const,
  );
  return Object.fromEntries(await Promise.all(tried)) as Record<keyof Platform, boolean>;
}

async function can(sandbox: Sandbox): Promise<boolean> {
  try {
    const [program = "", ...words] = inSandbox(["/bin/true"], sandbox);
    await run(program, words, { timeout: TRIAL_TIMEOUT });
    return true;
  } catch {
    return false;
  }
}
