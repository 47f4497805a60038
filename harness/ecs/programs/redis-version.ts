import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Returns the version of a redis-server or valkey-server, such as `7.0.15`. @param server its path */
export async function redisVersion(server: string): Promise<string> {
  const { stdout } = await promisify(execFile)(server, ["--version"], { timeout: 10_000 });
  const [, version] = /\bv=(\d+(?:\.\d+)*)/.exec(stdout) ?? [];
  if (version === undefined) throw new Error(`${server} --version printed no version: ${stdout}`);
  return version;
}
