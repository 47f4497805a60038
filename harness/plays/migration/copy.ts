import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findCommand, thisSystem } from "../../ecs/programs/operating-system.ts";
import type { ManagedPlace } from "../setups/setup.ts";

/**
 * The copy command of docs/migration.md, for the folder of the append-only file. The manifest names the files in
 * their order, and marks those that a rewrite has replaced with another type.
 * Unlike an RDB file or DUMP, commands work in every version of the server.
 */
export const COMMANDS = `cat $(grep "type [bi]" *.manifest | cut -d" " -f2)`;

/** Milliseconds. */
const TIMEOUT = 60_000;

/**
 * Sends the commands of an append-only file to a managed Redis.
 * @param folder with the files
 * @returns the last line of `redis-cli --pipe`, such as `errors: 0, replies: 20012`
 */
export async function pipeCommands(
  folder: string,
  { name, address, port, certificate }: ManagedPlace,
  password: string,
): Promise<string> {
  const machine = thisSystem();
  const cli = findCommand(machine, "redis-cli") ?? findCommand(machine, "valkey-cli");
  if (cli === undefined) throw new Error("no redis-cli or valkey-cli on PATH");
  const to = `-h ${address} -p ${port} --tls --cacert ${certificate.cert} --sni ${name}`;
  const { stdout } = await promisify(execFile)("sh", ["-c", `${COMMANDS} | ${cli} ${to} --pipe`], {
    cwd: folder,
    env: { ...process.env, REDISCLI_AUTH: password },
    timeout: TIMEOUT,
  });
  return stdout.trim().split("\n").at(-1) ?? "";
}
