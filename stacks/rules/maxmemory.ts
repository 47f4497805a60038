import type { RedisTask } from "./tasks.ts";

/** Units in bytes. They are not case-sensitive: https://github.com/redis/redis/blob/8.0.0/redis.conf */
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 2 ** 10,
  m: 1e6,
  mb: 2 ** 20,
  g: 1e9,
  gb: 2 ** 30,
};

/** The `--maxmemory` of Redis' command in MiB; NaN if it is missing or 0, which means no limit. */
export function maxmemoryOf({ redis }: RedisTask): number {
  const found = /--maxmemory "?(\d+)([^\s"]*)/.exec(redis.command);
  const bytes = Number(found?.[1]) * Number(UNITS[String(found?.[2]).toLowerCase()]);
  return bytes > 0 ? bytes / 2 ** 20 : NaN;
}
