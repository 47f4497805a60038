import { constants, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withFile } from "../base/with-file.ts";

const { O_APPEND, O_WRONLY } = constants;

/** Milliseconds. The commands for it take 17 MB. */
export const LONGEST_LOAD = 60_000;

/** Microseconds for each command that a server loads slowly. It replies to clients after every 1024 of them. */
const COMMAND_DELAY = 50;

/** A command without an effect. */
const FILLER = "*1\r\n$4\r\nPING\r\n";

/** Makes a server wait while it loads. */
export const SLOW_ARGUMENTS = ["--key-load-delay", String(COMMAND_DELAY)];

/** Ends the wait: the rest is loaded at once. */
export const FAST_AGAIN = ["CONFIG", "SET", "key-load-delay", "0"];

/**
 * Appends commands to the append-only file of a server that has ended, so that loading it with
 * {@link SLOW_ARGUMENTS} takes at least this time, even without data.
 */
export function makeLoadLonger(dir: string, ms: number): void {
  const commands = FILLER.repeat(Math.ceil((ms * 1000) / COMMAND_DELAY));
  withFile(appendOnlyFile(dir), O_WRONLY | O_APPEND, (file) => writeFileSync(file, commands));
}

/** The file to which the server appends, the newest of its incremental files. */
function appendOnlyFile(dir: string): string {
  const folder = join(dir, "appendonlydir");
  const [newest = ""] = readdirSync(folder).toSorted((a, b) => numberOf(b) - numberOf(a));
  return join(folder, newest);
}

/** The number of a file to which a server appends; -1 for others. */
const numberOf = (name: string): number => Number(/\.(\d+)\.incr\.aof$/.exec(name)?.[1] ?? -1);
