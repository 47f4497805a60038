// Database servers refuse to run as root. If the tests run as root, they run as the user nobody.
import { type StdioOptions, execFile } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

import { spawnWithParent } from "../../../harness/ecs/programs/spawn-with-parent.ts";

/** The group on Debian-based systems; others use another name. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const USER: Partial<typeof NOBODY> = process.getuid?.() === 0 ? NOBODY : {};
/** Timeout of commands, in ms. */
const PATIENCE = 60_000;

/** A temporary folder of that user. */
export interface UserFolder {
  readonly path: string;
  /** Writes a file that only the user can read. @returns its path */
  readonly write: (name: string, text: string) => string;
  /** Copies a file into it, with the same permissions. */
  readonly keep: (file: string) => string;
  readonly remove: () => void;
}

function own(path: string): void {
  if (USER.uid !== undefined) chownSync(path, NOBODY.uid, NOBODY.gid);
}

export function userFolder(prefix: string): UserFolder {
  const path = mkdtempSync(join(tmpdir(), prefix));
  own(path);
  const write = (name: string, text: string): string => {
    const file = join(path, name);
    writeFileSync(file, text, { mode: 0o600 });
    own(file);
    return file;
  };
  return {
    path,
    write,
    keep: (file) => write(basename(file), readFileSync(file, "utf8")),
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Runs a command. Rejects with its output if it fails. */
export async function runAsUser(
  command: string,
  args: readonly string[],
  input = "",
): Promise<void> {
  const options = { ...USER, cwd: tmpdir(), timeout: PATIENCE };
  const running = promisify(execFile)(command, args, options);
  running.child.stdin?.end(input);
  await running;
}

/** A server that runs until a signal. */
export interface Server {
  /** Sends a signal, and resolves when it has exited. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** All its output. */
  readonly log: () => string;
  readonly hasEnded: () => boolean;
}

/** Starts a command that exits at the latest with this process. */
export function startAsUser(command: string, args: readonly string[]): Server {
  const stdio: StdioOptions = ["ignore", "pipe", "pipe"];
  const child = spawnWithParent(command, args, { ...USER, cwd: tmpdir(), stdio });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (log += text));
  const exited = once(child, "exit");
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    log: () => log,
    hasEnded,
    async end(signal) {
      if (!hasEnded()) child.kill(signal);
      await exited;
    },
  };
}
