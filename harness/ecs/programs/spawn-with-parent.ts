import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { realpathSync } from "node:fs";
import { basename } from "node:path";

import { findCommand, thisSystem } from "./operating-system.ts";

/** Spawns a process. On Linux the kernel kills it when this process ends in any way (prctl(2), PDEATHSIG). */
export function spawnWithParent(
  command: string,
  args: readonly string[],
  options: SpawnOptions = { stdio: "ignore" },
): ChildProcess {
  const setpriv = findCommand(thisSystem(), "setpriv");
  // The setpriv of BusyBox, on Alpine, cannot do that.
  if (setpriv === undefined || basename(realpathSync(setpriv)) === "busybox")
    return spawn(command, args, options);
  // Another user's process forgets a signal that was set before.
  const { uid, gid, ...others } = options;
  const user =
    uid === undefined ? [] : ["--reuid", `${uid}`, "--regid", `${gid}`, "--clear-groups"];
  return spawn(setpriv, [...user, "--pdeathsig", "KILL", command, ...args], others);
}
