import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** @param server the path of a redis-server or valkey-server @returns its version, as `7.0.15` */
export async function redisVersion(server: string): Promise<string> {
  const { stdout } = await promisify(execFile)(server, ["--version"], { timeout: 10_000 });
  const [, version] = /\bv=(\d+(?:\.\d+)*)/.exec(stdout) ?? [];
  if (version === undefined) throw new Error(`${server} --version says no version: ${stdout}`);
  return version;
}
