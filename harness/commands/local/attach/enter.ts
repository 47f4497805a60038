import { readFileSync, readlinkSync } from "node:fs";
import { findCommand, thisSystem } from "../../../ecs/programs/operating-system.ts";
import { UsageError } from "../../../../command-line/options.ts";
import type { RunningContainer } from "./run-socket.ts";

/** A program in a container, as this machine starts it. */
export interface Entered {
  readonly argv: readonly string[];
  /** The container's own variables. None is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** The namespaces that a container may have of its own, and the option of nsenter for each. */
const NAMESPACES = { mnt: "mount", uts: "uts", ipc: "ipc", net: "net", pid: "pid" } as const;

/**
 * A program with the files, the network, the user and the variables of a running container, as `docker exec` and
 * `aws ecs execute-command` start it.
 * @throws UsageError if the container does not run
 */
export function entering(
  { service, container, pid, variables: env }: RunningContainer,
  command: readonly string[],
): Entered {
  if (pid === undefined) throw new UsageError(`error: ${service}/${container} does not run`);
  const own = Object.entries(NAMESPACES).filter(
    ([name]) => namespaceOf(pid, name) !== namespaceOf("self", name),
  );
  if (own.length === 0) return { argv: command, env, cwd: readlinkSync(`/proc/${pid}/cwd`) };
  const nsenter = findCommand(thisSystem(), "nsenter");
  if (nsenter === undefined) throw new UsageError("error: install nsenter (util-linux)");
  const [uid, gid] = [idOf(pid, "Uid"), idOf(pid, "Gid")];
  const namespaces = own.map(([, option]) => `--${option}`);
  const as = ["--root", "--wd", "--setgid", gid, "--setuid", uid];
  const argv = [nsenter, "--target", String(pid), ...namespaces, ...as, "--", ...command];
  return { argv, env, cwd: "/" };
}

const namespaceOf = (pid: number | "self", name: string): string =>
  readlinkSync(`/proc/${pid}/ns/${name}`);

/** The real id of a process. */
function idOf(pid: number, field: "Uid" | "Gid"): string {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return new RegExp(`^${field}:\\t(\\d+)`, "m").exec(status)?.[1] ?? "0";
}
