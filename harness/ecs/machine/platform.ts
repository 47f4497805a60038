import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { HarnessError } from "../base/errors.ts";
import type { FileMount } from "./pid-namespace.ts";
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

/** What the kernel gives to containers. */
export interface Isolation {
  /** Whether each container has a PID namespace of its own, where its first process is PID 1. */
  readonly pidNamespaces: boolean;
  /** Whether `readOnly` mounts and a `readonlyRootFilesystem` are read-only. */
  readonly readOnly: boolean;
  /** Whether each container runs as its `user`, and directories of a file system have owners. */
  readonly users: boolean;
  /** Whether `ulimits` hold that are above this machine's own; lower ones always do. */
  readonly ulimits: boolean;
}

/**
 * What containers get from this machine: as root all of it, unless a sandbox forbids it; as an ordinary
 * user nothing. The rest is approximated.
 */
export interface Platform extends Isolation {
  /**
   * Whether each container has an /etc/resolv.conf of its own, through which programs in any language use
   * the VPC's resolver. It takes a PID namespace and port 53.
   */
  readonly resolvConf: boolean;
}

/** What each needs; tried with a program that does nothing. */
const TRIALS: Readonly<Record<keyof Isolation, Sandbox>> = {
  pidNamespaces: { first: "program" },
  // A folder that is there anywhere: where nothing else is mounted, there is something to try.
  readOnly: { readOnly: { folders: ["/usr"], rootExcept: [] } },
  users: { user: { uid: 65_534, gid: 65_534 } },
  // Above any machine's default: an ordinary user could not set it.
  ulimits: { ulimits: [{ name: "msgqueue", softLimit: -1, hardLimit: -1 }] },
};

/** What a trial has shown, and so needs no other: a process may start many local ECS. */
const shown = new Set<keyof Isolation>();

/** Tries what this kernel and user allow. @param wanted `false` for what not to use */
export async function tryIsolation(wanted: Partial<Isolation>): Promise<Isolation> {
  const names = Object.keys(TRIALS) as (keyof Isolation)[];
  const tried = names.map(
    async (name) => [name, wanted[name] !== false && (await isGiven(name))] as const,
  );
  return Object.fromEntries(await Promise.all(tried)) as Record<keyof Isolation, boolean>;
}

async function isGiven(name: keyof Isolation): Promise<boolean> {
  const given = shown.has(name) || (await can(TRIALS[name]));
  if (given) shown.add(name);
  return given;
}

/**
 * Whether a program that knows nothing of the resolver finds it through these files. Tried as a whole: a
 * cache of names between program and resolver, as nscd, would answer from elsewhere.
 * @param known a name that only the resolver knows, and its address
 */
export async function tryResolvConf(
  files: readonly FileMount[],
  known: { readonly name: string; readonly address: string },
): Promise<boolean> {
  const found = await output(["getent", "hosts", known.name], { first: "program", files });
  return found?.split(" ")[0] === known.address;
}

const can = async (sandbox: Sandbox): Promise<boolean> =>
  (await output(["/bin/true"], sandbox)) !== undefined;

/** What a program writes; undefined when it cannot run so, or fails. */
async function output(argv: readonly string[], sandbox: Sandbox): Promise<string | undefined> {
  try {
    const [program = "", ...words] = inSandbox(argv, sandbox);
    return (await run(program, words, { timeout: TRIAL_TIMEOUT })).stdout;
  } catch {
    return undefined;
  }
}
