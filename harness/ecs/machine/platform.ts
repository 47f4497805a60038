import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { HarnessError } from "../base/errors.ts";
import type { FileMount } from "./image-root.ts";
import { inSandbox, type Sandbox } from "./sandbox.ts";

const run = promisify(execFile);

/** @throws HarnessError ERR_PLATFORM if a local ECS cannot run on this operating system */
export function checkSystem(system: string = process.platform): void {
  if (system === "linux") return;
  const message = `the local ECS needs Linux (127.0.0.0/8, /proc, flock); this is ${system}`;
  throw new HarnessError("ERR_PLATFORM", message);
}

/** Milliseconds. */
const TRIAL_TIMEOUT = 5000;

/** The features of the kernel that containers can use. */
export interface Isolation {
  /** Whether each container has its own PID namespace, in which its first process is PID 1. */
  readonly pidNamespaces: boolean;
  /** Whether `readOnly` mounts and a `readonlyRootFilesystem` are read-only. */
  readonly readOnly: boolean;
  /** Whether each container runs as its `user`, and directories of a file system have owners. */
  readonly users: boolean;
  /** Whether `ulimits` above this machine's own are applied. Lower ones always are. */
  readonly ulimits: boolean;
}

/**
 * The container features of this machine: for root all of them, unless a sandbox forbids them; for an ordinary
 * user none. Missing features are approximated.
 */
export interface Platform extends Isolation {
  /**
   * Whether each container has its own /etc/resolv.conf, so that programs in any language use the VPC's
   * resolver. It requires a PID namespace and port 53.
   */
  readonly resolvConf: boolean;
  /**
   * Whether containers have networks of their own: a program listens on the port that its definition names, and localhost is
   * its container's, in awsvpc mode its task's, in host mode its host's. It requires `ip`, `iptables` and resolv.conf.
   */
  readonly networks: boolean;
  /**
   * Whether the kernel kills a container that exceeds its `memory`, or a task that exceeds its own. It requires a
   * memory cgroup.
   */
  readonly memory: boolean;
}

/** A sandbox to try each feature with, by running a program that does nothing. */
const TRIALS: Readonly<Record<keyof Isolation, Sandbox>> = {
  pidNamespaces: { first: "program" },
  // A folder that exists on every machine.
  readOnly: { readOnly: { folders: ["/usr"], rootExcept: [] } },
  users: { user: { uid: 65_534, gid: 65_534 } },
  // Above the default of every machine, so an ordinary user cannot set it.
  ulimits: { ulimits: [{ name: "msgqueue", softLimit: -1, hardLimit: -1 }] },
};

/** Features that have worked in this process. They are tried only once. */
const shown = new Set<keyof Isolation>();

/** Tries which features this kernel and user allow. @param wanted `false` for features not to use */
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
 * Whether an ordinary program finds the resolver through these files. A daemon between program and resolver
 * that caches names, such as nscd, would answer from other sources.
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

/** The output of a program; undefined if it cannot run or fails. */
async function output(argv: readonly string[], sandbox: Sandbox): Promise<string | undefined> {
  try {
    const [program = "", ...words] = inSandbox(argv, sandbox);
    return (await run(program, words, { timeout: TRIAL_TIMEOUT })).stdout;
  } catch {
    return undefined;
  }
}
