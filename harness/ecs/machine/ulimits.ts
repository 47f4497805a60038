import { readFileSync } from "node:fs";
import type { Ulimit } from "../terraform/plan/container-definition.ts";

/** Their names in proc_pid_limits(5). */
const TITLES: Readonly<Record<Ulimit["name"], string>> = {
  core: "Max core file size",
  cpu: "Max cpu time",
  data: "Max data size",
  fsize: "Max file size",
  locks: "Max file locks",
  memlock: "Max locked memory",
  msgqueue: "Max msgqueue size",
  nice: "Max nice priority",
  nofile: "Max open files",
  nproc: "Max processes",
  rss: "Max resident set",
  rtprio: "Max realtime priority",
  rttime: "Max realtime timeout",
  sigpending: "Max pending signals",
  stack: "Max stack size",
};

const PRLIMIT = "/usr/bin/prlimit";

/** The argv of a program whose files have at most so many bytes. Only the soft limit: it can be raised again. */
export const withFileSize = (
  bytes: number | undefined,
  argv: readonly string[],
): readonly string[] =>
  bytes === undefined ? argv : [PRLIMIT, `--fsize=${bytes}:`, "--", ...argv];

/** The argv of a program with resource limits, in the units of prlimit(1). */
export function withUlimits(
  ulimits: readonly Ulimit[],
  argv: readonly string[],
): readonly string[] {
  if (ulimits.length === 0) return argv;
  const words = ulimits.map(
    ({ name, softLimit, hardLimit }) => `--${name}=${text(softLimit)}:${text(hardLimit)}`,
  );
  return [PRLIMIT, ...words, "--", ...argv];
}

/**
 * The limits that need no privileges: at most this process's own.
 * @param own its limits, as in proc_pid_limits(5)
 */
export function attainable(
  ulimits: readonly Ulimit[],
  own = readFileSync("/proc/self/limits", "latin1"),
): Ulimit[] {
  return ulimits.map(({ name, softLimit, hardLimit }) => {
    const [, most = "unlimited"] =
      new RegExp(`^${TITLES[name]} +\\S+ +(\\S+)`, "m").exec(own) ?? [];
    const hard = Math.min(amount(hardLimit), most === "unlimited" ? Infinity : Number(most));
    const soft = Math.min(amount(softLimit), hard);
    return { name, softLimit: number(soft), hardLimit: number(hard) };
  });
}

const amount = (limit: number): number => (limit === -1 ? Infinity : limit);
const number = (limit: number): number => (limit === Infinity ? -1 : limit);
const text = (limit: number): string => (limit === -1 ? "unlimited" : String(limit));
