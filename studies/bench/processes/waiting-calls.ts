import { once } from "node:events";
import { get } from "node:http";
import { connect } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { type SrvDialerOptions, createSrvDialer } from "srv-dialer";
import { srvAgent, srvConnect } from "srv-dialer/http";
import { srvConnector } from "srv-dialer/ioredis";
import { Agent, request } from "undici";
import { sharedNow } from "../worker.ts";

/** Much longer than a recovery takes, in ms. */
const TIMEOUT = 30_000;
const URL = "http://bench.test/";

let connects = 0;
/** Takes from 150 to 500 ms, evenly spread by the golden ratio, like a service that everybody connects to at once. */
async function verify(): Promise<void> {
  await sleep(150 + 350 * ((connects++ * 0.618_033_988_749_895) % 1));
}

export type WaitingClient = keyof typeof clients;

/** Each returns how to begin a call. All but `net.connect` wait for the service. */
const clients = {
  "net.connect": (_: SrvDialerOptions, port: number) => async () => {
    await once(connect({ host: "127.0.0.1", port }), "connect");
    await verify();
  },
  createSrvDialer: (options: SrvDialerOptions) => {
    const dialer = createSrvDialer("bench.test", options);
    return () => dialer.connect();
  },
  srvAgent: (options: SrvDialerOptions) => {
    const agent = srvAgent(options);
    return () => once(get(URL, { agent }), "response").then(([reply]) => reply.resume());
  },
  undici: (options: SrvDialerOptions) => {
    const dispatcher = new Agent({ connect: srvConnect(options), pipelining: 1 });
    return async () => (await request(URL, { dispatcher })).body.dump();
  },
  ioredis: (options: SrvDialerOptions) => {
    const Connector = srvConnector(options);
    const own = { host: "bench.test", Connector, connectTimeout: TIMEOUT };
    return () => new Redis(own).on("error", () => {}).ping();
  },
};

const stalls = monitorEventLoopDelay({ resolution: 10 });
let cpuBefore: NodeJS.CpuUsage;
let all: Promise<unknown>;

/** Begins calls. @param port that of the service */
export function begin(client: WaitingClient, count: number, port: number): void {
  const targets = [{ host: "127.0.0.1", port, priority: 0, weight: 0, ttl: 1 }];
  const resolver = { resolve: async () => ({ targets, ttl: 1 }) };
  const call = clients[client]({ resolver, verify, wait: true, timeout: TIMEOUT }, port);
  all = Promise.all(Array.from({ length: count }, () => call()));
  // `end` rejects if a call failed: then the times mean nothing.
  all.catch(() => {});
}

/** When the service comes back. @returns the time */
export function measure(): number {
  cpuBefore = process.cpuUsage();
  stalls.enable();
  return sharedNow();
}

/** Waits until all calls are served. @returns the time; the ms of CPU since `measure`, and of the longest stall */
export async function end(): Promise<{ at: number; cpu: number; stall: number }> {
  await all;
  const at = sharedNow();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { at, cpu: (user + system) / 1_000, stall: stalls.max / 1e6 };
}
