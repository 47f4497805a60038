import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ContestantName, contestants } from "../../../studies/bench/contestants.ts";
import { type Network, startNetwork } from "../../../studies/bench/network.ts";

let network: Network;
beforeAll(async () => {
  network = await startNetwork(new AbortController().signal);
});
afterAll(() => network[Symbol.asyncDispose]());

const ONCE = { SRV: 1, A: 1, AAAA: 1 };

it.each<[ContestantName, Record<string, number>, Record<string, number>]>([
  ["net.connect", {}, {}],
  ["srv-dialer, warm", ONCE, {}],
  ["srv-dialer, cold", ONCE, ONCE],
  ["resolveSrv + net.connect", ONCE, ONCE],
])("%s connects to the target with the expected DNS queries", async (name, first, later) => {
  const { destination, dns } = network;
  const connect = contestants[name](destination);
  for (const asked of [first, later]) {
    await dns.call("takeQueries");
    const socket = await connect();
    expect([socket.remoteAddress, socket.remotePort]).toEqual(["127.0.0.1", destination.port]);
    const closed = once(socket, "close");
    socket.destroy();
    await closed;
    expect(await dns.call("takeQueries")).toEqual(asked);
  }
});
