import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ADDRESS, NAME, TARGET, destinationAt } from "../../../../studies/bench/network.ts";
import { startWorker } from "../../../../studies/bench/worker.ts";
import {
  type ContestantName,
  contestants,
} from "../../../../studies/bench/processes/contestants.ts";

const { signal } = new AbortController();
const TSX = ["--import", import.meta.resolve("tsx")];
const dnsServer = startWorker("dns-server.ts", signal, TSX);
const tcpServer = startWorker("tcp-server.ts", signal, TSX);
let destination = destinationAt("", 0);

beforeAll(async () => {
  const [dnsPort, port] = await Promise.all([
    dnsServer.call<number>("listen"),
    tcpServer.call<number>("listen"),
  ]);
  destination = destinationAt(`127.0.0.1:${dnsPort}`, port);
  const srv = { [NAME]: [{ target: TARGET, port, ttl: 60 }] };
  await dnsServer.call("setZone", { additional: false, srv, a: { [TARGET]: ADDRESS } });
});
afterAll(async () => {
  await Promise.all([dnsServer, tcpServer].map((server) => server[Symbol.asyncDispose]()));
});

const ONCE = { SRV: 1, A: 1, AAAA: 1 };

it.each<[ContestantName, Record<string, number>, Record<string, number>]>([
  ["net.connect", {}, {}],
  ["srv-dialer, warm", ONCE, {}],
  ["srv-dialer, cold", ONCE, ONCE],
  ["resolveSrv + net.connect", ONCE, ONCE],
])("%s connects to the target with the expected DNS queries", async (name, first, later) => {
  const connect = contestants[name](destination);
  for (const asked of [first, later]) {
    await dnsServer.call("takeQueries");
    const socket = await connect();
    expect([socket.remoteAddress, socket.remotePort]).toEqual([ADDRESS, destination.port]);
    const closed = once(socket, "close");
    socket.destroy();
    await closed;
    expect(await dnsServer.call("takeQueries")).toEqual(asked);
  }
});
