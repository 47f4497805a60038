import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dial/dialer.ts";
import type {
  HostAddresses,
  SrvDialerOptions,
  SrvResolver,
} from "../../../runtime/src/base/types.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { NAME, failureOf, portOf, resolverOf, startListener, target } from "../support/dialing.ts";

const HOST = "redis-1.dev-ecs";

/** An IPv4 dialer of one host and port, with a lookup of its addresses. */
function dialerOf(
  port: number,
  found: () => Promise<HostAddresses>,
  options: SrvDialerOptions = {},
) {
  const lookup = vi.fn<(host: string) => Promise<HostAddresses>>(found);
  const answer = { targets: [target(port, { host: HOST })], ttl: 60 };
  const resolver = { resolve: () => Promise.resolve(answer), lookup };
  return { lookup, dialer: createSrvDialer(NAME, { resolver, family: 4, ...options }) };
}

/** One target whose address is in the answer. The lookup returns only IPv4. */
function answering(port: number, partialAddresses: boolean) {
  const lookup = vi.fn<NonNullable<SrvResolver["lookup"]>>(() =>
    Promise.resolve({ addresses: ["127.0.0.1"], ttl: 20 }),
  );
  const targets = [target(port, { host: HOST, addresses: ["::1"] })];
  const resolve = () => Promise.resolve({ targets, ttl: 60, partialAddresses });
  return { lookup, dialer: createSrvDialer(NAME, { resolver: { resolve, lookup } }) };
}

describe("the addresses of a target", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are looked up once per TTL", async () => {
    await using server = await startListener();
    const { lookup, dialer } = dialerOf(server.port, () =>
      Promise.resolve({ addresses: ["127.0.0.1"], ttl: 20 }),
    );
    for (let dial = 0; dial < 3; dial++) (await dialer.connect()).destroy();
    expect(lookup).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(20_000);
    (await dialer.connect()).destroy();
    expect(lookup).toHaveBeenCalledTimes(2);
  });

  it.each<[string, () => Promise<HostAddresses>]>([
    ["there are none", () => Promise.resolve({ addresses: [], ttl: 60 })],
    ["they could not be found", () => Promise.reject(new Error("SERVFAIL"))],
  ])("are asked for once a second while %s", async (_why, found) => {
    const { lookup, dialer } = dialerOf(1, found);
    for (const [waited, calls] of [
      [0, 1],
      [900, 1],
      [200, 2],
      [900, 2],
    ] as const) {
      vi.advanceTimersByTime(waited);
      const { attempts } = await failureOf(dialer.connect());
      expect(attempts[0]).toMatchObject({ host: HOST, address: undefined, phase: "lookup" });
      expect(lookup).toHaveBeenCalledTimes(calls);
    }
  });

  it("are looked up again if nothing answers there, at most every five seconds", async () => {
    const { lookup, dialer } = dialerOf(await freePort(), () =>
      Promise.resolve({ addresses: ["127.0.0.1"], ttl: 60 }),
    );
    for (const [waited, calls] of [
      [0, 1],
      [4_900, 1],
      [200, 2],
    ] as const) {
      vi.advanceTimersByTime(waited);
      await failureOf(dialer.connect());
      expect(lookup).toHaveBeenCalledTimes(calls);
    }
  });

  it("are looked up by every dial without a cache", async () => {
    const { lookup, dialer } = dialerOf(1, () => Promise.resolve({ addresses: [], ttl: 60 }), {
      cache: false,
    });
    for (let dial = 1; dial <= 3; dial++) {
      await failureOf(dialer.connect());
      expect(lookup).toHaveBeenCalledTimes(dial);
    }
  });

  it("are looked up for each IP version, and an empty answer is cached for its TTL", async () => {
    await using server = await startListener();
    const lookup = vi.fn<NonNullable<SrvResolver["lookup"]>>((_host, { family }) =>
      Promise.resolve(
        family === 4 ? { addresses: ["127.0.0.1"], ttl: 20 } : { addresses: [], ttl: 30 },
      ),
    );
    const resolver = { ...resolverOf(target(server.port, { host: HOST })), lookup };
    const dialer = createSrvDialer(NAME, { resolver });
    const families = async (): Promise<unknown[]> => {
      lookup.mockClear();
      (await dialer.connect()).destroy();
      return lookup.mock.calls.map(([, { family }]) => family);
    };
    expect(await families()).toEqual([6, 4]);
    expect(await families()).toEqual([]);
    vi.advanceTimersByTime(20_000);
    expect(await families()).toEqual([4]);
  });

  it("are used immediately after their expiry while resolving the targets fails", async () => {
    // No timer fires, so a dial that waits for a lookup would never end.
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    await using server = await startListener();
    const addresses = { addresses: ["127.0.0.1"], ttl: 20 };
    const lookup = vi
      .fn<NonNullable<SrvResolver["lookup"]>>(() => new Promise(() => {}))
      .mockResolvedValueOnce(addresses)
      .mockResolvedValueOnce(addresses);
    const answer = { targets: [target(server.port, { host: HOST })], ttl: 20 };
    const resolve = vi
      .fn<SrvResolver["resolve"]>()
      .mockResolvedValueOnce(answer)
      .mockResolvedValueOnce(answer)
      .mockRejectedValue(new Error("SERVFAIL"));
    const dialer = createSrvDialer(NAME, { resolver: { resolve, lookup }, family: 4 });
    (await dialer.connect()).destroy();
    // They are refreshed once, after 18 s, and not used until they have expired.
    await vi.advanceTimersByTimeAsync(40_000);
    expect(lookup).toHaveBeenCalledTimes(2);
    (await dialer.connect()).destroy();
    expect(resolve).toHaveBeenCalledTimes(3);
    expect(lookup).toHaveBeenCalledTimes(2);
    // They are looked up in the background.
    await vi.advanceTimersByTimeAsync(1);
    expect(lookup).toHaveBeenCalledTimes(3);
    dialer.close();
  });

  it("are looked up for the IP version that a partial answer is missing", async () => {
    // It has no IPv6 address.
    await using server = await startListener();
    const { lookup, dialer } = answering(server.port, true);
    expect(await portOf(dialer.connect())).toBe(server.port);
    expect(lookup.mock.calls.map(([, { family }]) => family)).toEqual([4]);
  });

  it("are complete if the answer is not partial", async () => {
    await using server = await startListener();
    const { lookup, dialer } = answering(server.port, false);
    expect(await failureOf(dialer.connect())).toMatchObject({ code: "ERR_SRV_CONNECT" });
    expect(lookup).not.toHaveBeenCalled();
  });

  it("are dropped for a host that is no longer in the answer", async () => {
    await using server = await startListener();
    const lookup = vi.fn<(host: string) => Promise<HostAddresses>>(() =>
      Promise.resolve({ addresses: ["127.0.0.1"], ttl: 60 }),
    );
    let host = HOST;
    const resolve = () => Promise.resolve({ targets: [target(server.port, { host })], ttl: 60 });
    const dialer = createSrvDialer(NAME, { resolver: { resolve, lookup }, family: 4 });
    for (const next of [HOST, "redis-2.dev-ecs", HOST]) {
      host = next;
      await dialer.resolve({ refresh: true });
      (await dialer.connect()).destroy();
    }
    expect(lookup.mock.calls.map(([asked]) => asked)).toEqual([HOST, "redis-2.dev-ecs", HOST]);
  });

  it("are never a name: Node would look it up by itself", async () => {
    const { dialer } = dialerOf(1, () => Promise.resolve({ addresses: ["localhost"], ttl: 60 }));
    const { attempts } = await failureOf(dialer.connect());
    expect(attempts).toMatchObject([
      { phase: "lookup", error: { message: "it has no IPv4 address" } },
    ]);
    const given = createSrvDialer(NAME, {
      resolver: {
        ...resolverOf(target(1, { host: HOST, addresses: ["localhost"] })),
        lookup: () => Promise.resolve({ addresses: [], ttl: 0 }),
      },
    });
    expect((await failureOf(given.connect())).attempts).toMatchObject([{ phase: "lookup" }]);
  });

  it("are loopback for localhost, without a query", async () => {
    await using server = await startListener();
    const lookup = vi.fn<() => Promise<HostAddresses>>(() => Promise.reject(new Error("asked")));
    const resolver = { ...resolverOf(target(server.port, { host: "Redis.localhost." })), lookup };
    const socket = await createSrvDialer(NAME, { resolver, family: 4 }).connect();
    expect(socket.remoteAddress).toBe("127.0.0.1");
    expect(lookup).not.toHaveBeenCalled();
    socket.destroy();
  });
});
