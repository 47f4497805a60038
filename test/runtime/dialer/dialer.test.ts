import { Socket } from "node:net";

import { describe, expect, it, vi } from "vitest";

import { Lifetime } from "../../../runtime/src/base/time.ts";
import type { SrvAnswer, SrvDialer, SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { connectTo } from "../../../runtime/src/dial/connection.ts";
import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { listenTo } from "../support/channels.ts";
import { HOST, dnsTo, failureOf, portOf, startListener } from "../support/dialing.ts";
import { dialerIn, leading } from "../support/network.ts";
import { NAME, answerWith, resolverInTurn, resolverOf, target } from "../support/sources.ts";

const BOTH = ["::1", "127.0.0.1"];

/** A dialer of the name with one DNS server. */
function dialerOf(dns: { address: string }, options: SrvDialerOptions = {}, name = NAME) {
  return createSrvDialer(name, { resolver: dnsResolver({ servers: [dns.address] }), ...options });
}

describe("the targets that a dialer resolves", () => {
  it("are copies in dial order", async () => {
    const [first, second] = [target(2, { priority: 2 }), target(1, { addresses: ["10.0.0.1"] })];
    const { dialer } = dialerIn({}, { resolver: resolverOf(first, second) });
    const targets = await dialer.resolve();
    expect(targets).toEqual([second, first]);
    expect(targets[0]?.addresses).not.toBe((await dialer.resolve())[0]?.addresses);
  });

  it.each([0, 1])("are drawn with its random numbers: first %i", async (first) => {
    const randoms = [first === 0 ? 0.1 : 0.9, 0.5];
    const resolver = resolverOf(target(0), target(1));
    const { dialer } = dialerIn({}, { resolver }, () => randoms.shift() ?? 0);
    expect((await dialer.resolve())[0]?.port).toBe(first);
  });

  it("are cached, unless refresh is set", async () => {
    const resolve = resolverInTurn(answerWith([target(1)]), answerWith([target(2)]));
    const { dialer } = dialerIn({}, { resolver: { resolve } });
    for (const [options, port] of [
      [{}, 1],
      [{ refresh: false }, 1],
      [{ refresh: true }, 2],
    ] as const) {
      expect(await dialer.resolve(options)).toMatchObject([{ port }]);
    }
    expect(resolve).toHaveBeenCalledTimes(2);
  });
});

describe("a dialer", () => {
  const refusals: [string, (dialer: SrvDialer) => Promise<unknown>][] = [
    ["Invalid options: got null; allowed: an object", (dialer) => dialer.connect(null as never)],
    ["Invalid options: got 'x'; allowed: an object", (dialer) => dialer.resolve("x" as never)],
    [
      "Invalid signal: got 1; allowed: an AbortSignal",
      (dialer) => dialer.connect({ signal: 1 as never }),
    ],
    ["Invalid signal: got {}; allowed: an A", (dialer) => dialer.resolve({ signal: {} as never })],
    [
      "Invalid signal: got { aborted: false, addEventListener: 1 }; ",
      (dialer) => dialer.connect({ signal: { aborted: false, addEventListener: 1 } as never }),
    ],
    [
      "Invalid signal: got { addEv",
      (dialer) => dialer.connect({ signal: { addEventListener() {} } as never }),
    ],
    [
      "Invalid timeout: got 0; allowed: milliseconds from 1",
      (dialer) => dialer.connect({ timeout: 0 }),
    ],
    ["Invalid wait: got 1; allowed: a boolean", (dialer) => dialer.connect({ wait: 1 as never })],
    [
      "Invalid refresh: got 'yes'; allowed: a b",
      (dialer) => dialer.resolve({ refresh: "yes" as never }),
    ],
    [
      "Unknown option timout; allowed: signal, timeout, wait",
      (dialer) => dialer.connect({ timout: 1 } as never),
    ],
    [
      "Unknown option tls; allowed: signal, timeout, wait",
      (dialer) => dialer.connect({ tls: {} } as never),
    ],
    [
      "Unknown option timeout; allowed: signal, refresh",
      (dialer) => dialer.resolve({ timeout: 1 } as never),
    ],
    ["Invalid listener: got 1; allowed: a function", async (dialer) => dialer.watch(1 as never)],
  ];
  it.each(refusals)("refuses with %j, asks nothing and leaves no timer", async (message, call) => {
    const { dialer, asked, clock } = dialerIn({}, { resolver: resolverOf(target(1)) });
    const error = await failureOf(call(dialer));
    expect(error.code).toBe("ERR_SRV_INVALID_ARG");
    expect(error.message).toContain(message);
    expect(asked).toEqual([[]]);
    clock.expectNoTimers();
  });

  it("refuses every call after close, also by `using`, and its connections stay open", async () => {
    const led = leading({ 1: "accepts" });
    let socket: Socket;
    {
      using closing = led.dialer;
      expect(closing.name).toBe(NAME);
      socket = await closing.connect();
    }
    led.dialer.close();
    expect(socket.destroyed).toBe(false);
    const message = `The dialer of ${NAME} is closed`;
    for (const call of [led.dialer.connect(), led.dialer.resolve()]) {
      expect(await failureOf(call)).toMatchObject({
        code: "ERR_SRV_CLOSED",
        hostname: NAME,
        message,
      });
    }
    expect(() => led.dialer.watch(() => {})).toThrow(message);
  });

  it("works with a stubbed `setTimeout` that returns nothing", async () => {
    await using server = await startListener();
    vi.stubGlobal("setTimeout", () => undefined);
    try {
      using stubbed = createSrvDialer(NAME, { resolver: resolverOf(target(server.port)) });
      await expect(portOf(stubbed.connect())).resolves.toBe(server.port);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

function thrown(): never {
  throw new Error("thrown at once");
}

describe("a custom resolver", () => {
  it("may throw instead of rejecting in lookup, and the next target is dialed", async () => {
    const resolver = { ...resolverOf(target(1, { host: HOST }), target(2)), lookup: thrown };
    const { dialer } = dialerIn({ 2: "refuses" }, { resolver });
    for (let dial = 0; dial < 2; dial++) {
      const { attempts } = await failureOf(dialer.connect());
      expect(attempts).toHaveLength(2);
      expect(attempts).toContainEqual(
        expect.objectContaining({ phase: "lookup", error: new Error("thrown at once") }),
      );
    }
  });

  it.each<[string, () => unknown, RegExp]>([
    ["throws instead of rejecting", thrown, /thrown at once/],
    ["gives nothing", () => undefined, /the resolver gave a wrong answer/],
    ["gives a wrong target", () => ({ targets: [target(70_000)], ttl: 10 }), /gave a wrong port/],
  ])("fails each time it %s", async (_what, answer, message) => {
    const resolve = async (): Promise<SrvAnswer> => answer() as SrvAnswer;
    const { dialer } = dialerIn(
      {},
      { resolver: { resolve: answer === thrown ? thrown : resolve } },
    );
    for (let dial = 0; dial < 3; dial++) {
      const error = await failureOf(dialer.connect());
      expect(error.code).toBe("ERR_SRV_RESOLVE");
      expect(error.message).toMatch(message);
    }
  });
});

describe("a dialer with DNS", () => {
  it("asks for the name as given, once for two connections", async () => {
    await using server = await startListener();
    await using dns = await dnsTo();
    const name = "_redis._tcp.example.com";
    dns.setSrv(name, { host: HOST, port: server.port });
    using dialer = dialerOf(dns, { family: 4 }, name);
    await expect(portOf(dialer.connect())).resolves.toBe(server.port);
    await expect(portOf(dialer.connect())).resolves.toBe(server.port);
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV", "A"]);
    expect(dns.queries[0]).toMatchObject({ name });
  });

  it.each(["looked up", "in the answer"])(
    "tries a late IPv4 address after the %s IPv6 one refuses",
    async (how) => {
      await using server = await startListener();
      await using dns = await dnsTo(server.port);
      if (how !== "looked up")
        dns.setSrv(NAME, { host: HOST, port: server.port, addresses: ["::1"] });
      dns.setAddress(HOST, BOTH);
      // Longer than the wait of IPv4 for IPv6, in ms.
      dns.fault("delay", { type: "A", delay: 80 });
      using attempts = listenTo("srv-dialer:attempt");
      await expect(portOf(dialerOf(dns).connect())).resolves.toBe(server.port);
      expect(attempts.map(({ address }) => address)).toEqual(BOTH);
    },
  );
});

describe("the socket of an attempt", () => {
  it("may be closed before it connects, without an error", async () => {
    const closed = new Socket().destroy();
    const options = { connect: () => closed, tls: undefined, servername: NAME, verify: undefined };
    const attempted = connectTo(
      { host: "a", address: "10.0.0.1", port: 1 },
      options,
      new Lifetime(),
    );
    await expect(attempted).rejects.toThrow("closed before connect");
  });

  it.each<[string, (peer: Socket) => void]>([
    ["resets", (peer) => peer.resetAndDestroy()],
    ["ends", (peer) => peer.end()],
  ])("fails when the peer %s it during a check that does not look at it", async (_what, leave) => {
    await using server = await startListener();
    const verify = async (socket: Socket): Promise<void> => {
      socket.resume();
      await vi.waitUntil(() => server.sockets.size === 1);
      for (const peer of server.sockets) leave(peer);
      await new Promise(() => {});
    };
    const dialer = createSrvDialer(NAME, { resolver: resolverOf(target(server.port)), verify });
    await expect(dialer.connect({ timeout: 20_000 })).rejects.toMatchObject({
      code: "ERR_SRV_CONNECT",
      attempts: [{ phase: "verify" }],
    });
  });

  it("is like one of net.connect: it flows with a listener", async () => {
    await using server = await startListener((peer) => void peer.write("hello"));
    const dialer = createSrvDialer(NAME, { resolver: resolverOf(target(server.port)) });
    const socket = await dialer.connect();
    expect(socket.readableFlowing).toBeNull();
    const chunk = await new Promise((resolve) => socket.on("data", resolve));
    expect(String(chunk)).toBe("hello");
    socket.destroy();
  });
});
