import { setTimeout as sleep } from "node:timers/promises";
import type { WaitingClient } from "../processes/waiting-calls.ts";
import { type Row, type Run, ratioRow } from "../rows.ts";
import { startWorker } from "../worker.ts";

/** Numbers of waiting calls. */
const FULL = { few: 1_000, many: 4_000, most: 8_000 };
const QUICK = { few: 50, many: 200, most: 400 };
/** ms of the longest connect; see `verify` in processes/waiting-calls.ts. */
const CONNECT = 500;

/** Calls that wait for a service that refuses connections, from its return to the last served call. */
export async function recovery({ quick, signal }: Run): Promise<Row[]> {
  const { few, many, most } = quick ? QUICK : FULL;
  const rows: Row[] = [];
  for (const client of ["createSrvDialer", "srvAgent", "undici", "ioredis"] as const) {
    const one = await recover(client, few, signal);
    const more = await recover(client, many, signal);
    const [stall, last] = [Math.max(one.stall, more.stall), Math.max(one.last, more.last)];
    const cpuTitle = `${client}: CPU of ${many} waiting calls / ${few}`;
    const lastTitle = `${client}: last waiting call, connects of up to ${CONNECT} ms`;
    rows.push(
      ratioRow(cpuTitle, [[more.cpu], [one.cpu]], { most: 5 }, "ms"),
      duration(`${client}: longest stall of the event loop`, stall, 100),
      duration(lastTitle, last, 2 * CONNECT),
    );
    if (client !== "createSrvDialer") continue;
    const plain = await recover("net.connect", many, signal);
    const title = `${client}: last of ${many} waiting calls / net.connect`;
    rows.push(ratioRow(title, [[more.last], [plain.last]], { most: 1.5 }, "ms"));
  }
  const { last } = await recover("createSrvDialer", most, signal);
  const title = `createSrvDialer: the last of ${most} waiting calls, after the service is back`;
  return [...rows, duration(title, last, 4_000)];
}

function duration(title: string, value: number, most: number): Row {
  return { title, value, unit: "ms", goal: { most } };
}

/** @returns in ms: CPU, longest stall, and the time from the service's return to the last served call */
async function recover(client: WaitingClient, count: number, signal: AbortSignal) {
  await using server = startWorker("tcp-server.ts", signal);
  await using worker = startWorker("waiting-calls.ts", signal);
  const port = await server.call("listen", 0);
  await server.call("close");
  // net.connect begins when the service is back, and connects once: what the machine allows.
  const waits = client !== "net.connect";
  if (waits) await worker.call("begin", client, count, port);
  await sleep(1_000, undefined, { signal });
  const back = await worker.call("measure");
  await server.call("listen", port);
  if (!waits) await worker.call("begin", client, count, port);
  const { at, cpu, stall } = await worker.call("end");
  return { cpu, stall, last: at - back };
}
