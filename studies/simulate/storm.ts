import { monitorEventLoopDelay } from "node:perf_hooks";
import { environmentSetup } from "../../harness/plays/setups/environment-setup.ts";
import { example } from "../../harness/plays/setups/example-environment.ts";
import { play } from "../../harness/plays/play.ts";
import { scenarioOf } from "../../harness/plays/scenarios/list.ts";
import type { Recording } from "../../harness/plays/stage/recording.ts";
import { failed } from "../../harness/plays/stage/results.ts";
import { parseEnvironments } from "../../stacks/config/parse-environments.ts";
import { AWS } from "./assumptions.ts";
import { DialRecorder } from "./dialed.ts";
import { simulateMove } from "./move.ts";

const ENVIRONMENT = "dev";
/** Clients of the scenario; half of them also query the Cloud Map API. */
const CLIENTS = 200;
const PATIENCE = 180_000;
/** Allowed difference of the times, in ms. */
const TIMES_WITHIN = 2_000;
/** Allowed difference of the queries, as a share. */
const QUERIES_WITHIN = 0.1;

/** Allowed average delay of timers, in ms: a fifth of the pause between two dials. */
const TIMER_DELAY_LIMIT = 20;

/** Figures of the storm, measured or simulated. */
export interface StormFigures {
  /** From the start of the new task until the last client is served, in ms. */
  readonly dns: number;
  readonly cloudMap: number;
  /** DNS queries per dial after the stop of Redis. */
  readonly queriesPerDial: number;
  /** DNS queries in the busiest second. */
  readonly queries: number;
}

export interface StormComparison {
  readonly measured: StormFigures;
  readonly simulated: StormFigures;
  /** Average delay of the timers of the real clients, in ms. */
  readonly late: number;
  readonly verdict: Verdict;
}

export type Verdict = "agrees" | "differs" | "the machine is too busy";

/** Runs the scenario `storm` with real clients, then simulates it with the same times. */
export async function compareWithStorm(
  seed: number,
  signal: AbortSignal,
): Promise<StormComparison> {
  using dials = new DialRecorder();
  const delay = monitorEventLoopDelay();
  delay.enable();
  const recording = await play({
    scenario: await scenarioOf("storm"),
    setup: environmentSetup(ENVIRONMENT, { environments: example }),
    seed,
    signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), signal]),
  });
  delay.disable();
  const late = Number((delay.mean / 1e6).toFixed(1));
  const [missed] = failed(recording);
  if (missed !== undefined) {
    throw new Error(`the scenario storm failed: ${missed.claim} (${missed.seen})`);
  }
  const times = timesOf(recording);
  const measured = {
    dns: 1_000 * figureOf(recording, "Redis started → last client served, DNS alone"),
    cloudMap: 1_000 * figureOf(recording, "Redis started → last client served, DNS and Cloud Map"),
    queriesPerDial: figureOf(recording, "DNS queries in all") / dials.dials(times.stopped),
    queries: figureOf(recording, "DNS queries in the busiest second"),
  };
  const simulated = await simulateStorm(times, dials, seed);
  return { measured, simulated, late, verdict: verdictOn(measured, simulated, late) };
}

/**
 * Compares recovery times and queries per dial. All real clients run in one process with the local ECS. If that process
 * gets too little CPU time, each dial takes longer than its pause, and everything is late.
 */
export function verdictOn(measured: StormFigures, simulated: StormFigures, late: number): Verdict {
  const isNear = (kind: "dns" | "cloudMap"): boolean =>
    Math.abs(measured[kind] - simulated[kind]) <= TIMES_WITHIN;
  const perDial = measured.queriesPerDial / simulated.queriesPerDial;
  const isSame =
    isNear("dns") &&
    isNear("cloudMap") &&
    Math.abs(perDial - 1) <= QUERIES_WITHIN &&
    measured.queries <= simulated.queries * (1 + QUERIES_WITHIN);
  if (isSame) return "agrees";
  return late > TIMER_DELAY_LIMIT ? "the machine is too busy" : "differs";
}

function figureOf({ figures }: Recording, name: string): number {
  const value = Number.parseFloat(figures.find((figure) => figure.name === name)?.value ?? "");
  if (Number.isNaN(value)) throw new Error(`the scenario did not measure "${name}"`);
  return value;
}

async function simulateStorm(times: StormTimes, recorder: DialRecorder, seed: number) {
  const { stopped, ending, gap } = times;
  const ttl = recordTtl();
  const startup = recorder.firstConnect(stopped + gap) - (stopped + gap);
  const { byKind, dns, dials } = await simulateMove({
    clients: CLIENTS,
    // Loopback drops no packets.
    perHost: CLIENTS,
    seed,
    cloudMap: 0.5,
    pace: "own",
    prefetch: true,
    recordAge: stopped - recorder.recordsReceived(ttl, stopped + gap),
    assumptions: {
      ...AWS,
      ending,
      gap,
      startup,
      propagation: { dns: 0, api: 0 },
      recordTtl: ttl,
      packets: Number.MAX_SAFE_INTEGER,
    },
  });
  return {
    dns: (byKind.dns.all ?? Infinity) + startup,
    cloudMap: (byKind.cloudMap.all ?? Infinity) + startup,
    queriesPerDial: dns.total / dials,
    queries: dns.peak,
  };
}

function recordTtl(): number {
  const environment = parseEnvironments(example).find(({ name }) => name === ENVIRONMENT);
  if (environment?.redis.kind !== "service") throw new Error(`${ENVIRONMENT} has no Redis service`);
  return environment.redis.dnsTtl;
}

/** The time at which Redis stopped in a run of the scenario, and the durations after it, in ms. */
export interface StormTimes {
  readonly stopped: number;
  readonly ending: number;
  readonly gap: number;
}

export function timesOf({ events }: Pick<Recording, "events">): StormTimes {
  const records = events.filter((event) => event.type === "record");
  const deregistered = records.findLast(({ action }) => action === "deregistered");
  const registered = records.findLast(({ action }) => action === "registered");
  const ended = events.find(
    (event) =>
      event.type === "container" &&
      event.status === "STOPPED" &&
      event.taskId === deregistered?.instanceId,
  );
  if (deregistered === undefined || registered === undefined || ended === undefined) {
    throw new Error("Redis did not move");
  }
  const stopped = deregistered.at;
  return { stopped, ending: ended.at - stopped, gap: registered.at - stopped };
}
