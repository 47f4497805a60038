import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { HarnessError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import { makeFolder, removeFolder } from "../base/temporary-folder.mjs";
import type { Isolation } from "./platform.ts";
import { inSandbox } from "./sandbox.ts";
import { PERL } from "./sync-recorder.ts";
import { readSyncTable } from "./sync-table.ts";

/** Milliseconds. */
const TRIAL_TIMEOUT = 5000;

/** A program that writes a line to its output and syncs it, then writes another line. */
const TRIAL = ["/bin/sh", "-c", "echo synced; sync /dev/stdout; echo not synced"];

/**
 * Checks whether this machine can record what a container's program has synced.
 * @throws HarnessError ERR_PLATFORM saying what is missing
 */
export async function checkSyncs(
  { pidNamespaces, users }: Isolation,
  trial: readonly string[] = TRIAL,
): Promise<void> {
  const first = pidNamespaces ? "program" : undefined;
  const user = users ? { uid: 65_534, gid: 65_534 } : undefined;
  const folder = makeFolder("syncs-");
  const [output, table, errors] = ["output", "table", "errors"].map((name) =>
    path.join(folder.path, name),
  ) as [string, string, string];
  try {
    await run(inSandbox(trial, { first, user, recordsSyncs: true }), [output, errors, table]);
    const synced = await readSyncTable(table);
    const length = synced(await stat(output, { bigint: true }));
    if (length === "synced\n".length) return;
    throw new Error((await readFile(errors, "utf8")).trim() || `it recorded ${length} bytes of 7`);
  } catch (error) {
    throw missing(error);
  } finally {
    removeFolder(folder);
  }
}

async function run([program = "", ...words]: readonly string[], files: readonly string[]) {
  const handles = await Promise.all(files.map((file) => open(file, "w+", 0o644)));
  try {
    const [output, errors, table] = handles.map(({ fd }) => fd);
    const child = spawn(program, words, {
      stdio: ["ignore", output, errors, table],
      timeout: TRIAL_TIMEOUT,
      killSignal: "SIGKILL",
    });
    await once(child, "exit");
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

function missing(cause: unknown): HarnessError {
  const why = existsSync(PERL)
    ? messageOf(cause)
    : `${PERL} is missing; on Debian or Ubuntu: apt-get install perl-base`;
  const message = `option losesUnsynced: cannot record what programs sync (requires Linux 5.19 and Perl): ${why}`;
  return new HarnessError("ERR_PLATFORM", message, { cause });
}
