import { describe, expect, it, vi } from "vitest";

import type { HostAddresses, SrvResolver } from "../../../runtime/src/base/types.ts";
import { failureOf } from "../support/failures.ts";
import { dialedAfterLeaving, dialerIn } from "../support/network.ts";
import { answerWith, resolverOf, target } from "../support/sources.ts";

type Lookup = NonNullable<SrvResolver["lookup"]>;

const foundAtOnce = (...addresses: readonly string[]): Promise<HostAddresses> =>
  Promise.resolve({ addresses, ttl: 60 });

describe("a dial whose target comes without addresses", () => {
  const HOST = "redis-1.dev-ecs";
  const resolving = (lookup: Lookup) => ({
    ...resolverOf(target(1, { host: HOST }), target(2, { priority: 1 })),
    lookup,
  });
  it("dials the looked-up addresses", async () => {
    const resolver = resolving((_host, { family }) =>
      foundAtOnce(family === 4 ? "10.0.0.1" : "::2"),
    );
    const { dialer, connections } = dialerIn({ 1: "refuses", 2: "accepts" }, { resolver });
    await dialer.dial();
    const hosts = connections.map(({ options }) => options.host);
    expect(hosts).toEqual(["::2", "10.0.0.1", "127.0.0.1"]);
    dialer.close();
  });

  it.each<[string, () => Promise<HostAddresses>, string]>([
    ["that are none", () => foundAtOnce(), "it has no address"],
    ["that are not found", () => Promise.reject(new Error("SERVFAIL")), "SERVFAIL"],
  ])("continues with the next target with addresses %s", async (_what, lookup, message) => {
    const { dialer } = dialerIn({ 2: "refuses" }, { resolver: resolving(lookup) });
    const { attempts } = await failureOf(dialer.dial());
    expect(attempts).toMatchObject([
      { host: HOST, address: undefined, port: 1, phase: "lookup", error: { message } },
      { port: 2, phase: "connect" },
    ]);
  });

  it("names the requested IP version if there is no address of it", async () => {
    const resolver = resolving((_host, { family }) =>
      foundAtOnce(...(family === 4 ? ["10.0.0.1"] : [])),
    );
    const { dialer } = dialerIn({ 2: "refuses" }, { resolver, family: 6 });
    const { attempts } = await failureOf(dialer.dial());
    expect(attempts[0]).toMatchObject({
      phase: "lookup",
      error: { message: "it has no IPv6 address" },
    });
  });

  it("needs only one IP version", async () => {
    const resolver = resolving((_host, { family }) =>
      family === 4 ? foundAtOnce("10.0.0.1") : Promise.reject(new Error("SERVFAIL")),
    );
    const { dialer } = dialerIn({ 1: "refuses", 2: "refuses" }, { resolver });
    const { attempts } = await failureOf(dialer.dial());
    expect(attempts.map(({ address, phase }) => `${address} ${phase}`)).toEqual([
      "10.0.0.1 connect",
      "127.0.0.1 connect",
    ]);
  });

  it("does not count a missing IP version as a failure", async () => {
    const resolver = resolving((_host, { family }) =>
      foundAtOnce(...(family === 4 ? ["10.0.0.1"] : [])),
    );
    expect(await dialedAfterLeaving(dialerIn({ 1: "silent", 2: "accepts" }, { resolver }))).toEqual(
      [1, 1],
    );
  });

  it("looks up the IP version that is missing in the answer", async () => {
    const targets = [target(1, { host: HOST, addresses: ["10.0.0.1"] })];
    const resolver: SrvResolver = {
      resolve: () => Promise.resolve(answerWith(targets, { partialAddresses: true })),
      lookup: () => foundAtOnce("::2"),
    };
    const { dialer, connections } = dialerIn({ 1: "refuses" }, { resolver });
    await failureOf(dialer.dial());
    expect(connections.map(({ options }) => options.host)).toEqual(["10.0.0.1", "::2"]);
    dialer.close();
  });

  it("does not count an abort during a lookup as a failure of the target", async () => {
    const lookup = vi.fn<Lookup>(() => foundAtOnce("10.0.0.1"));
    lookup.mockReturnValueOnce(new Promise(() => {})).mockReturnValueOnce(new Promise(() => {}));
    const { dialer, clock, dialed } = dialerIn(
      { 1: "accepts", 2: "accepts" },
      { resolver: resolving(lookup) },
    );
    const controller = new AbortController();
    const failure = failureOf(dialer.dial({ signal: controller.signal }));
    await clock.advance(0);
    controller.abort();
    await failure;
    await clock.advance(0);
    await dialer.dial();
    expect(dialed()).toEqual([1]);
    dialer.close();
  });

  it("does not fail if the caller aborts during a lookup", async () => {
    const { dialer, clock } = dialerIn(
      {},
      { resolver: resolving(() => new Promise(() => {})), timeout: 100 },
    );
    const failure = failureOf(dialer.dial());
    await clock.advance(100);
    expect((await failure).attempts).toMatchObject([
      { phase: "lookup", error: { message: "still waiting for its address" } },
    ]);
  });
});
