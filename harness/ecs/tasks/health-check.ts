import { HarnessError } from "../base/errors.ts";
import { interval } from "../base/interval.ts";
import type { HealthStatus } from "../base/state.ts";
import { GuardedProcess, type ProcessOptions } from "../machine/guarded-process.ts";
import type { Guardian } from "../machine/guardian.ts";
import type { HealthCheckDefinition } from "../terraform/container-definition.ts";

/** The result of a row of checks. */
export interface HealthVerdict {
  readonly status: HealthStatus;
  /** Failures in a row that count. */
  readonly failures: number;
  /** Whether a check has ever passed. Then failures within the start period count. */
  readonly passed: boolean;
}

/** Before the first result. */
export const NO_VERDICT: HealthVerdict = { status: "UNKNOWN", failures: 0, passed: false };

/**
 * The verdict after one more result. Failures of checks that began within the start period do not count
 * towards `retries`, unless a check has passed before.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 * @param runningFor ms from the container's start to the check's
 */
export function judge(
  { status, failures, passed }: HealthVerdict,
  ok: boolean,
  runningFor: number,
  { retries, startPeriod }: Pick<HealthCheckDefinition, "retries" | "startPeriod">,
): HealthVerdict {
  if (ok) return { status: "HEALTHY", failures: 0, passed: true };
  if (!passed && runningFor < startPeriod * 1000) return { status, failures, passed };
  const counted = failures + 1;
  return { status: counted >= retries ? "UNHEALTHY" : status, failures: counted, passed };
}

/**
 * The argv of a health check's command; undefined for NONE, which turns it off.
 * @throws HarnessError ERR_TEMPLATE when it is neither CMD, CMD-SHELL nor NONE
 */
export function healthCheckArgv(command: readonly string[]): readonly string[] | undefined {
  const [kind, ...rest] = command;
  if (kind === "NONE") return undefined;
  if (kind === "CMD" && rest.length > 0) return rest;
  if (kind === "CMD-SHELL" && rest.length === 1) return ["/bin/sh", "-c", ...rest];
  const message = `healthCheck.command ${JSON.stringify(command)} must begin with CMD, CMD-SHELL (and one string) or NONE`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/**
 * Runs a check every interval, the first one an interval after the start, until aborted.
 * @param run resolves to undefined when there is no result
 */
export async function watchHealth(
  definition: HealthCheckDefinition,
  run: (signal: AbortSignal) => Promise<boolean | undefined>,
  onVerdict: (verdict: HealthVerdict) => void,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  let verdict = NO_VERDICT;
  while (await interval(definition.interval * 1000, signal)) {
    const runningFor = performance.now() - startedAt;
    const timeout = AbortSignal.timeout(definition.timeout * 1000);
    const ok = await run(AbortSignal.any([signal, timeout]));
    if (signal.aborted) return;
    if (ok === undefined) continue;
    verdict = judge(verdict, ok, runningFor, definition);
    onVerdict(verdict);
  }
}

/** Runs a check to its end; a program that cannot be started is a failed check. */
export async function runHealthCheck(
  guardian: Guardian,
  options: Omit<ProcessOptions, "output">,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const check = await GuardedProcess.start(guardian, { ...options, output: "ignore" });
    const kill = (): void => check.kill();
    signal.addEventListener("abort", kill);
    if (signal.aborted) kill();
    const code = await check.exited;
    signal.removeEventListener("abort", kill);
    return code === 0;
  } catch {
    return false;
  }
}
