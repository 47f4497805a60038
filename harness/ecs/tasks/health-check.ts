import { open, rm, type FileHandle } from "node:fs/promises";
import { interval } from "../base/interval.ts";
import { messageOf } from "../base/message-of.ts";
import type { HealthStatus } from "../base/state.ts";
import { GuardedProcess, type ProcessOptions } from "../machine/guarded-process.ts";
import type { Guardian } from "../machine/guardian.ts";
import type { HealthCheckDefinition } from "../terraform/plan/container-definition.ts";

/** The result of consecutive checks. */
export interface HealthVerdict {
  readonly status: HealthStatus;
  /** Consecutive failures, without those that are ignored. */
  readonly failures: number;
  /** Whether a check has ever passed. After that, failures within the start period count. */
  readonly passed: boolean;
}

/** The result before the first check. */
export const NO_VERDICT: HealthVerdict = { status: "UNKNOWN", failures: 0, passed: false };

/** When checks run, in ms. */
export interface HealthSchedule {
  /** Time from the end of a check to the next one. */
  readonly interval: number;
  /** The interval during the start period, until the first check passes. */
  readonly startInterval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}

/**
 * Seconds. Docker has this since version 25, which the ECS-optimized image uses. A task definition cannot set
 * it.
 * https://docs.docker.com/reference/dockerfile/#healthcheck
 */
const START_INTERVAL = 5;

/** The times of a check. @param speed how many times faster than in AWS */
export function scheduleOf(
  { interval: usual, timeout, retries, startPeriod }: Omit<HealthCheckDefinition, "argv">,
  speed: number,
): HealthSchedule {
  const real = (seconds: number): number => Math.round((seconds * 1000) / speed);
  return {
    interval: real(usual),
    startInterval: real(START_INTERVAL),
    timeout: real(timeout),
    retries,
    startPeriod: real(startPeriod),
  };
}

/**
 * The verdict after another result. Failures of checks that began within the start period do not count towards
 * `retries`, unless a check has passed before.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 * @param runningFor ms from the container's start to the check's
 */
export function judge(
  { status, failures, passed }: HealthVerdict,
  ok: boolean,
  runningFor: number,
  { retries, startPeriod }: Pick<HealthSchedule, "retries" | "startPeriod">,
): HealthVerdict {
  if (ok) return { status: "HEALTHY", failures: 0, passed: true };
  if (!passed && runningFor < startPeriod) return { status, failures, passed };
  const counted = failures + 1;
  return { status: counted >= retries ? "UNHEALTHY" : status, failures: counted, passed };
}

/**
 * Runs checks until aborted, as Docker does: it waits for the interval before the first check and after the end
 * of each check. So a check that hangs takes interval plus timeout.
 * https://github.com/moby/moby/blob/master/daemon/health.go
 * @param run resolves to undefined if there is no result
 */
export async function watchHealth(
  schedule: HealthSchedule,
  run: (signal: AbortSignal) => Promise<boolean | undefined>,
  onVerdict: (verdict: HealthVerdict) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const age = (): number => performance.now() - startedAt;
  let verdict = NO_VERDICT;
  while (await interval(nextCheckIn(schedule, verdict, age()), signal)) {
    const runningFor = age();
    const timeout = AbortSignal.timeout(schedule.timeout);
    const ok = await run(AbortSignal.any([signal, timeout]));
    if (signal.aborted) return;
    if (ok === undefined) continue;
    verdict = judge(verdict, ok, runningFor, schedule);
    onVerdict(verdict);
  }
}

function nextCheckIn(
  { interval: usual, startInterval, startPeriod }: HealthSchedule,
  { status }: HealthVerdict,
  age: number,
): number {
  return status === "UNKNOWN" && age < startPeriod ? startInterval : usual;
}

/** How much of a check's output is kept, in bytes, as in Docker. */
const MOST_OUTPUT = 4_096;

/**
 * Runs a check to its end. A program that cannot be started is a failed check.
 * @param file for its output
 * @returns why it has failed, with the end of its output; undefined if it has passed
 */
export async function runHealthCheck(
  guardian: Guardian,
  options: Omit<ProcessOptions, "output">,
  file: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    // A new file: what an earlier check has left running may have a lease on its own, for which open would wait.
    await rm(file, { force: true });
    // The program may open it again as /dev/stdout, as any user.
    const output = await open(file, "wx+", 0o666);
    try {
      await output.chmod(0o666);
      const check = await GuardedProcess.start(guardian, { ...options, output: output.fd });
      const kill = (): void => check.kill();
      signal.addEventListener("abort", kill);
      if (signal.aborted) kill();
      const code = await check.exited;
      signal.removeEventListener("abort", kill);
      if (code === 0) return undefined;
      const how = signal.aborted ? "not done in time" : `exit code ${code}`;
      return [how, ...(await endOf(output))].join(": ");
    } finally {
      await output.close();
    }
  } catch (error) {
    return messageOf(error);
  }
}

/** The end of a file on one line; none if it is empty. */
async function endOf(file: FileHandle): Promise<string[]> {
  const { size } = await file.stat();
  const end = Buffer.alloc(Math.min(size, MOST_OUTPUT));
  await file.read(end, 0, end.length, size - end.length);
  const text = end.toString().replaceAll(/\s+/g, " ").trim();
  return text === "" ? [] : [text];
}
