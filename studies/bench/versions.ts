import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findRedisServer } from "../../harness/ecs/programs/find-redis.ts";
import { redisVersion } from "../../harness/ecs/programs/redis-version.ts";
import { type OptionalProgram, pathOfProgram } from "./programs.ts";

/** The versions of the measured programs, except Node.js. */
export async function versionsOf(signal: AbortSignal): Promise<Record<string, string>> {
  const versions: Record<string, string> = { redis: await redisVersion(await findRedisServer()) };
  for (const [name, argument] of [
    ["go", "version"],
    ["unbound", "-V"],
  ] as const) {
    const version = await versionOf(name, argument, signal);
    if (version !== undefined) versions[name] = version;
  }
  return versions;
}

/** The first number with dots in the output of the program; undefined if it is not installed. */
async function versionOf(
  name: OptionalProgram,
  argument: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = pathOfProgram(name);
  if (path === undefined) return undefined;
  const { stdout } = await promisify(execFile)(path, [argument], { signal, timeout: 10_000 });
  return /\d+(\.\d+)+/.exec(stdout)?.[0];
}
