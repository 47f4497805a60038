import { get } from "node:http";
import { EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { createSrvDialer } from "srv-dialer";
import { srvAgent, srvConnect } from "srv-dialer/http";
import { srvConnector } from "srv-dialer/ioredis";
import { Agent, request } from "undici";
import { serve, sharedNow } from "./serve.ts";

/** What waits for the service. `net.connect` begins when it is back, and connects once: what the machine allows. */
export type WaitingClient = "net.connect" | "createSrvDialer" | "srvAgent" | "undici" | "ioredis";

export interface Outage {
  readonly client: WaitingClient;
  readonly calls: number;
  /** The port refuses connections when the calls begin. */
  readonly port: number;
}

/** From the service's return to the last served call. Times in ms. */
export interface Recovery {
  /** When the last call was served, on the clock that all processes share. */
  readonly lastAt: number;
  /** CPU time of this process since the service came back. */
  readonly cpu: number;
  /** The longest time in which the event loop stood still. */
  readonly longestStall: number;
  readonly failed: number;
}

/** How long a connect takes, in ms: that of a service which everybody connects to at once. */
export const CONNECT = { least: 150, most: 500 };
/** Much longer than a recovery takes, in ms. */
const TIMEOUT = 30_000;

/** Emits `back` when the service is back. */
const service = new EventEmitter().setMaxListeners(0);
let calls: Promise<unknown>[] = [];
let cpuBefore: NodeJS.CpuUsage;
const stalls = monitorEventLoopDelay({ resolution: 10 });

/** Each connect takes another time: multiples of the golden ratio are spread evenly. */
let connects = 0;
async function verify(): Promise<void> {
  const part = (connects++ * 0.618_033_988_749_895) % 1;
  await sleep(CONNECT.least + part * (CONNECT.most - CONNECT.least));
}

serve({
  /** Begins calls that wait for the service. */
  begin: ({ client, calls: count, port }: Outage): void => {
    const resolver = {
      resolve: async () => ({
        targets: [{ host: "127.0.0.1", port, priority: 0, weight: 0, ttl: 1 }],
        ttl: 1,
      }),
    };
    const options = { resolver, verify, wait: true, timeout: TIMEOUT };
    const call = client === "net.connect" ? () => connectWhenBack(port) : callOf(client, options);
    calls = Array.from({ length: count }, call);
  },
  /** The service comes back now. @returns the time */
  measure: (): number => {
    cpuBefore = process.cpuUsage();
    stalls.enable();
    return sharedNow();
  },
  /** Waits until all calls have ended. */
  end: async (): Promise<Recovery> => {
    service.emit("back");
    const ends = await Promise.allSettled(calls);
    const lastAt = sharedNow();
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      lastAt,
      cpu: (user + system) / 1_000,
      longestStall: stalls.max / 1e6,
      failed: ends.filter(({ status }) => status === "rejected").length,
    };
  },
});

type Options = NonNullable<Parameters<typeof createSrvDialer>[1]>;

async function connectWhenBack(port: number): Promise<void> {
  await once(service, "back");
  await once(connect({ host: "127.0.0.1", port }), "connect");
  await verify();
}

/** Begins one call. */
function callOf(
  client: Exclude<WaitingClient, "net.connect">,
  options: Options,
): () => Promise<unknown> {
  if (client === "createSrvDialer") {
    const dialer = createSrvDialer("bench.test", options);
    return () => dialer.connect();
  }
  if (client === "srvAgent") {
    const agent = srvAgent(options);
    return () =>
      new Promise((resolve, reject) => {
        get("http://bench.test/", { agent }, (reply) => resolve(reply.resume())).on(
          "error",
          reject,
        );
      });
  }
  if (client === "undici") {
    const dispatcher = new Agent({ connect: srvConnect(options), pipelining: 1 });
    return async () => (await request("http://bench.test/", { dispatcher })).body.dump();
  }
  const Connector = srvConnector(options);
  return () => {
    const redis = new Redis({ host: "bench.test", Connector, connectTimeout: TIMEOUT });
    redis.on("error", () => {});
    return redis.ping();
  };
}
