import { connect as connectTcp } from "node:net";
import { describe, expect, it, vi } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { systemClock } from "../../../runtime/src/base/clock.ts";
import { parseOptions } from "../../../runtime/src/dialer/options.ts";
import type { SrvResolver, SrvVerify } from "../../../runtime/src/base/types.ts";

const NAME = "dev-redis.dev-ecs";
const RESOLVER: SrvResolver = { resolve: async () => ({ targets: [], ttl: 0 }) };

/** Options of any type, as JavaScript can pass them. */
function parse(options: object, name: unknown = NAME) {
  return parseOptions(name as string, options);
}

function refusalOf(options: unknown, name: unknown = NAME): SrvDialError {
  try {
    parse(options as object, name);
  } catch (error) {
    if (error instanceof SrvDialError) return error;
    throw error;
  }
  throw new Error("was accepted");
}

describe("parseOptions", () => {
  it("fills in all defaults", () => {
    const { resolvers, clock, connect, ...settings } = parse({});
    expect([clock, connect]).toEqual([systemClock, connectTcp]);
    expect(settings).toEqual({
      name: NAME,
      timeout: 10_000,
      wait: false,
      verify: undefined,
      recheck: undefined,
      attemptDelay: 250,
      priorityDelay: 2_000,
      family: "both",
      cache: {
        minTtl: 1_000,
        maxTtl: 60_000,
        negativeTtl: 100,
        minRefresh: 100,
        maxStale: 300_000,
      },
      prefetch: true,
      socket: {},
      tls: undefined,
      servername: NAME,
      cooldown: 5_000,
      random: Math.random,
    });
    expect(resolvers).toHaveLength(1);
  });

  it("treats undefined as not given", () => {
    const given = parse({
      timeout: undefined,
      cache: undefined,
      tls: undefined,
      family: undefined,
    });
    expect({ ...given, resolvers: [] }).toEqual({ ...parse({}), resolvers: [] });
  });

  it("accepts one resolver or a list of them", () => {
    expect(parse({ resolver: RESOLVER }).resolvers).toEqual([RESOLVER]);
    expect(parse({ resolver: [RESOLVER, RESOLVER] }).resolvers).toHaveLength(2);
  });

  it("accepts 0 for both IP versions, like Node and ioredis", () => {
    expect([4, 6, 0, "both"].map((family) => parse({ family }).family)).toEqual([
      4,
      6,
      "both",
      "both",
    ]);
  });

  it("turns the cache off with false", () => {
    expect(Object.values(parse({ cache: false }).cache)).toEqual([0, 0, 0, 0, 0]);
  });

  it("adapts the default of a bound to the other bound", () => {
    expect(parse({ cache: { minTtl: 90_000 } }).cache).toMatchObject({ maxTtl: 90_000 });
    expect(parse({ cache: { maxTtl: 500 } }).cache).toMatchObject({ minTtl: 500 });
    expect(parse({ cache: { minTtl: 7, maxTtl: 7 } }).cache).toMatchObject({
      minTtl: 7,
      maxTtl: 7,
    });
  });

  it("accepts a source of random numbers, and checks each of them", () => {
    expect(parseOptions(NAME, { random: () => 0.5 }).random()).toBe(0.5);
    const broken: (() => unknown)[] = [
      () => 1,
      () => -0.1,
      () => Number.NaN,
      () => "0.5",
      () => {
        throw new Error("no entropy");
      },
    ];
    for (const random of broken) {
      const { random: checked } = parseOptions(NAME, { random: random as () => number });
      expect(checked).toThrow(
        /^Invalid random\(\): got .*; allowed: a function that gives numbers/s,
      );
    }
  });

  it.each([
    [undefined, "redis.example.com"],
    ["service", "redis.example.com"],
    ["target", undefined],
    ["own.example.com", "own.example.com"],
    ["own.example.com.", "own.example.com"],
    ["127.0.0.1", "127.0.0.1"],
  ])("uses the servername %j for %j", (servername, name) => {
    const { servername: taken } = parse({ servername }, "_redis._tcp.redis.example.com.");
    expect(taken).toBe(name);
  });

  it("distinguishes a service named `target` from the option", () => {
    expect(parse({}, "_redis._tcp.target").servername).toBe("target");
  });

  it("accepts 0 for cooldown and keepAliveInitialDelay", () => {
    expect(parse({ cooldown: 0, keepAliveInitialDelay: 0 })).toMatchObject({
      cooldown: 0,
      socket: { keepAliveInitialDelay: 0 },
    });
  });

  it("accepts true, false or options for tls", () => {
    expect(parse({ tls: true }).tls).toEqual({});
    expect(parse({ tls: false }).tls).toBeUndefined();
    expect(parse({ tls: { ca: "x" } }).tls).toEqual({ ca: "x" });
  });

  it("accepts wait, verify, and a time or false for recheck", () => {
    const verify = vi.fn<SrvVerify>();
    expect(parse({ wait: true, verify, recheck: 10 })).toMatchObject({
      wait: true,
      verify: expect.any(Function),
      recheck: 10,
    });
    expect(parse({ recheck: false }).recheck).toBeUndefined();
  });

  it("keeps the socket options, without defaults", () => {
    const socket = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 5_000 };
    expect(parse(socket).socket).toEqual(socket);
    expect(parse({ localAddress: "::1" })).toMatchObject({
      socket: { localAddress: "::1" },
      family: 6,
    });
    expect(parse({ localAddress: "127.0.0.1", family: 0 }).family).toBe(4);
    expect(parse({ localAddress: "::1", family: 6 }).family).toBe(6);
    expect(Object.keys(parse({}).socket)).toEqual([]);
  });

  it.each([
    [{ noDelay: 1 }, "Invalid noDelay: got 1; allowed: a boolean"],
    [{ keepAlive: 30_000 }, "Invalid keepAlive: got 30000; allowed: a boolean"],
    [{ keepAliveInitialDelay: -1 }, "Invalid keepAliveInitialDelay: got -1; allowed: milliseco"],
    [{ localAddress: "eth0" }, "Invalid localAddress: got 'eth0'; allowed: an IP address of this"],
    [{ localAddress: ["::1"] }, "Invalid localAddress: got [ '::1' ]; allowed: an IP address of"],
    [{ localAddress: "::1", family: 4 }, "Invalid localAddress: got '::1'; allowed: an address of"],
    [{ timeout: 0 }, "Invalid timeout: got 0; allowed: milliseconds from 1 to 2147483647"],
    [{ timeout: "5" }, "Invalid timeout: got '5'; allowed: milliseconds from 1 to 2147483647"],
    [{ timeout: Number.NaN }, "Invalid timeout: got NaN; allowed: milliseconds from 1 to"],
    [{ timeout: Infinity }, "Invalid timeout: got Infinity; allowed: milliseconds from 1 to"],
    [{ attemptDelay: 9 }, "Invalid attemptDelay: got 9; allowed: milliseconds from 10 to"],
    [{ cooldown: -1 }, "Invalid cooldown: got -1; allowed: milliseconds from 0 to"],
    [{ family: 5 }, 'Invalid family: got 5; allowed: 4, 6 or "both" (0)'],
    [{ cache: true }, "Invalid cache: got true; allowed: false or an object"],
    [{ cache: { minTtl: -1 } }, "Invalid cache.minTtl: got -1; allowed: milliseconds from 0 to"],
    [
      { cache: { minTtl: 2, maxTtl: 1 } },
      "Invalid cache.minTtl: got 2; allowed: at most cache.maxTtl (1)",
    ],
    [{ cache: { ttl: 1 } }, "Unknown option cache.ttl; allowed: minTtl, maxTtl, negativeTtl,"],
    [
      { servername: "" },
      'Invalid servername: got \'\'; allowed: "service", "target", a host name or an IP address',
    ],
    [{ servername: 1 }, 'Invalid servername: got 1; allowed: "service", "target", a host name or'],
    [{ servername: "a b" }, "Invalid servername: got 'a b'; allowed: "],
    [{ servername: "a:6379" }, "Invalid servername: got 'a:6379'; allowed: "],
    [{ random: 1 }, "Invalid random: got 1; allowed: a function that gives numbers in [0, 1)"],
    [{ wait: 1 }, "Invalid wait: got 1; allowed: a boolean"],
    [{ verify: true }, "Invalid verify: got true; allowed: a function that checks a socket"],
    [
      { recheck: 9 },
      "Invalid recheck: got 9; allowed: milliseconds from 10 to 2147483647, or false",
    ],
    [
      { recheck: true },
      "Invalid recheck: got true; allowed: milliseconds from 10 to 2147483647, or",
    ],
    [
      { recheck: null },
      "Invalid recheck: got null; allowed: milliseconds from 10 to 2147483647, or",
    ],
    [{ resolver: [] }, "Invalid resolver: got []; allowed: a resolver with a resolve method, or a"],
    [{ resolver: {} }, "Invalid resolver: got {}; allowed: a resolver with a resolve method, or a"],
    [
      { resolver: { resolve: 1 } },
      "Invalid resolver: got { resolve: 1 }; allowed: a resolver with",
    ],
    [{ resolver: [RESOLVER, null] }, "Invalid resolver: got [ [Object], null ]; allowed: a reso"],
    [
      { resolvers: [] },
      "Unknown option resolvers (did you mean resolver?); allowed: resolver, timeout, wait, verify,",
    ],
    [null, "Invalid options: got null; allowed: an object"],
    [[], "Invalid options: got []; allowed: an object"],
  ])("refuses %j with name, value and what is allowed", (options, message) => {
    const error = refusalOf(options);
    expect(error.code).toBe("ERR_SRV_INVALID_ARG");
    expect(error.message).toContain(message);
  });

  it("refuses an invalid name, with the name as hostname", () => {
    expect(refusalOf({}, "10.0.0.1")).toMatchObject({
      code: "ERR_SRV_INVALID_ARG",
      message: "Invalid name: got '10.0.0.1'; allowed: a name with SRV records, not an IP address",
      hostname: "10.0.0.1",
    });
    expect(refusalOf({}, 1).hostname).toBe("");
  });

  it("never shows the value of tls", () => {
    expect(refusalOf({ tls: "passphrase" }).message).toBe(
      "Invalid tls: got 'string'; allowed: a boolean or the options of tls.connect",
    );
  });
});
