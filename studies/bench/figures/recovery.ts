import { setTimeout as sleep } from "node:timers/promises";
import type { Entry, Figure, FigureContext, FigureReport, MeasuredFigure } from "../figure.ts";
import {
  CONNECT,
  type Outage,
  type Recovery,
  type WaitingClient,
} from "../processes/waiting-calls.ts";
import { spreadOf } from "../statistics.ts";
import { startWorker } from "../worker.ts";

/** Numbers of waiting calls. */
const CALLS = [500, 1_000, 2_000, 4_000];
const QUICK_CALLS = [50, 200];
/** Numbers of waiting calls that have a limit of time, in ms. */
const MANY = { createSrvDialer: 8_000, srvAgent: 3_000 } as const;
const MANY_WITHIN = 4_000;
/** How long the service is away when all calls wait, in ms. */
const AWAY = 1_000;

const CLIENTS = ["createSrvDialer", "srvAgent", "undici", "ioredis"] as const;

/** What one recovery took. Times in ms. */
interface Measured extends Recovery {
  readonly calls: number;
  /** From the service's return to the last served call. */
  readonly last: number;
}

/** Calls that wait for a service that refuses connections, from its return to the last served call. */
export const recoveryFigure: Figure = { name: "recovery", measure };

async function measure({ quick, signal }: FigureContext): Promise<readonly FigureReport[]> {
  const reports: FigureReport[] = [];
  const all = quick ? QUICK_CALLS : CALLS;
  for (const client of CLIENTS) {
    const measured: Measured[] = [];
    for (const calls of all) measured.push(await recover(client, calls, signal));
    reports.push(...reportsOf(client, measured));
    if (client !== "createSrvDialer") continue;
    const plain = await recover("net.connect", all.at(-1) ?? 0, signal);
    reports.push(besidePlain(measured.at(-1)?.last ?? Number.NaN, plain));
  }
  if (quick) return reports;
  for (const [client, calls] of Object.entries(MANY)) {
    const { last } = await recover(client as WaitingClient, calls, signal);
    const title = `${client}: the last of ${calls} waiting calls, after the service is back`;
    reports.push({ ...figureOf(title, last, "ms", MANY_WITHIN), entries: [] });
  }
  return reports;
}

/** @throws if a call failed: then its time means nothing */
async function recover(
  client: WaitingClient,
  calls: number,
  signal: AbortSignal,
): Promise<Measured> {
  await using server = startWorker("recovering-server.ts", signal);
  await using worker = startWorker("waiting-calls.ts", signal);
  const port = await server.call<number>("reserve");
  await worker.call("begin", { client, calls, port } satisfies Outage);
  await sleep(AWAY, undefined, { signal });
  const back = await worker.call<number>("measure");
  await server.call("open");
  const recovery = await worker.call<Recovery>("end");
  if (recovery.failed > 0)
    throw new Error(`${client}: ${recovery.failed} of ${calls} calls failed`);
  return { ...recovery, calls, last: recovery.lastAt - back };
}

function reportsOf(client: WaitingClient, measured: readonly Measured[]): MeasuredFigure[] {
  const entries = measured.map((each) => entryOf(client, each));
  const [one, many] = [measured.at(-3) ?? measured[0], measured.at(-1)];
  const ratio = (many?.cpu ?? Number.NaN) / (one?.cpu ?? Number.NaN);
  const stall = Math.max(...measured.map(({ longestStall }) => longestStall));
  const last = Math.max(...measured.map((each) => each.last));
  return [
    {
      ...figureOf(`${client}: CPU of ${many?.calls} waiting calls / ${one?.calls}`, ratio, "×", 5),
      entries,
    },
    { ...figureOf(`${client}: longest stall of the event loop`, stall, "ms", 100), entries: [] },
    {
      ...figureOf(
        `${client}: last waiting call, connects of up to ${CONNECT.most} ms`,
        last,
        "ms",
        2 * CONNECT.most,
      ),
      entries: [],
    },
  ];
}

/** What the machine allows: calls that begin when the service is back, and connect once. */
function besidePlain(last: number, plain: Measured): MeasuredFigure {
  const title = `createSrvDialer: last of ${plain.calls} waiting calls / net.connect`;
  return {
    ...figureOf(title, last / plain.last, "×", 1.5),
    entries: [entryOf("net.connect, begun when the service is back", plain)],
  };
}

function entryOf(contestant: string, { calls, last, cpu, longestStall }: Measured): Entry {
  return {
    contestant: `${contestant}, ${calls} calls`,
    measured: spreadOf([last]),
    unit: "ms",
    note: `CPU ${Math.round(cpu)} ms, longest stall ${Math.round(longestStall)} ms`,
  };
}

function figureOf(title: string, value: number, unit: string, most: number) {
  return { name: "recovery", title, value, unit, goal: { most } };
}
