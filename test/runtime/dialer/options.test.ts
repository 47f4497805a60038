import { connect as connectTcp } from "node:net";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { systemClock } from "../../../runtime/src/base/time.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { DIALER_OPTIONS, parseOptions } from "../../../runtime/src/dialer/options.ts";
import { buildQuery } from "../../../runtime/src/dns/message.ts";
import { NAME, resolverOf } from "../support/sources.ts";

const RESOLVER = resolverOf();
const verify = async (): Promise<void> => {};

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

describe("the options of a dialer", () => {
  it("have defaults, also for those that are undefined", () => {
    for (const given of [{}, { timeout: undefined, cache: undefined, tls: undefined }]) {
      const { resolvers, ...settings } = parse(given);
      expect(settings).toEqual({
        name: NAME,
        timeout: 10_000,
        wait: false,
        verify: undefined,
        recheck: undefined,
        attemptDelay: 250,
        family: "both",
        cache: { minTtl: 1_000, maxTtl: 60_000, negativeTtl: 100, maxStale: 300_000 },
        prefetch: true,
        tls: undefined,
        servername: NAME,
        connect: connectTcp,
        clock: systemClock,
        random: Math.random,
      });
      expect(resolvers).toHaveLength(1);
    }
  });

  it.each<[object, object]>([
    [{ resolver: RESOLVER }, { resolvers: [RESOLVER] }],
    [{ resolver: [RESOLVER, RESOLVER] }, { resolvers: [RESOLVER, RESOLVER] }],
    [{ family: 4 }, { family: 4 }],
    [{ family: 6 }, { family: 6 }],
    [{ cache: false }, { cache: { minTtl: 0, maxTtl: 0, negativeTtl: 0, maxStale: 0 } }],
    // The default of a bound adapts to the other bound.
    [{ cache: { minTtl: 90_000 } }, { cache: { minTtl: 90_000, maxTtl: 90_000 } }],
    [{ cache: { maxTtl: 500 } }, { cache: { minTtl: 500, maxTtl: 500 } }],
    [{ cache: { minTtl: 7, maxTtl: 7 } }, { cache: { minTtl: 7, maxTtl: 7 } }],
    [{ tls: true }, { tls: {} }],
    [{ tls: false }, { tls: undefined }],
    [{ tls: { ca: "x" } }, { tls: { ca: "x" } }],
    [
      { wait: true, verify, recheck: 10 },
      { wait: true, verify, recheck: 10 },
    ],
    [{ recheck: false }, { recheck: undefined }],
  ])("accept %j", (options, settings) => {
    expect(parse(options)).toMatchObject(settings);
  });

  it("have the SRV name without its labels and trailing dot as servername", () => {
    const { servername } = parse({}, "_redis._tcp.redis.example.com.");
    expect(servername).toBe("redis.example.com");
  });

  it.each([
    [{ timeout: 0 }, "Invalid timeout: got 0; allowed: milliseconds from 1 to 2147483647"],
    [{ timeout: "5" }, "Invalid timeout: got '5'; allowed: milliseconds from 1 to 2147483647"],
    [{ timeout: Number.NaN }, "Invalid timeout: got NaN; allowed: milliseconds from 1 to"],
    [{ timeout: Infinity }, "Invalid timeout: got Infinity; allowed: milliseconds from 1 to"],
    [{ attemptDelay: 9 }, "Invalid attemptDelay: got 9; allowed: milliseconds from 10 to"],
    [{ family: 0 }, 'Invalid family: got 0; allowed: 4, 6 or "both"'],
    [{ cache: true }, "Invalid cache: got true; allowed: false or an object"],
    [{ cache: { minTtl: -1 } }, "Invalid cache.minTtl: got -1; allowed: milliseconds from 0 to"],
    [{ cache: { minTtl: 2, maxTtl: 1 } }, "minTtl: got 2; allowed: at most cache.maxTtl (1)"],
    [{ cache: { ttl: 1 } }, "Unknown option cache.ttl; allowed: minTtl, maxTtl, negativeTtl, max"],
    [{ wait: 1 }, "Invalid wait: got 1; allowed: a boolean"],
    [{ verify: true }, "Invalid verify: got true; allowed: a function that checks a socket"],
    [{ recheck: 9 }, "recheck: got 9; allowed: milliseconds from 10 to 2147483647, or false"],
    [{ recheck: true }, "Invalid recheck: got true; allowed: milliseconds from 10"],
    [{ recheck: null }, "Invalid recheck: got null; allowed: milliseconds from 10"],
    [{ resolver: [] }, "Invalid resolver: got []; allowed: a resolver with a resolve method, or a"],
    [{ resolver: {} }, "Invalid resolver: got {}; allowed: a resolver with a resolve method, or a"],
    [{ resolver: { resolve: 1 } }, "resolver: got { resolve: 1 }; allowed: a resolver with"],
    [{ resolver: [RESOLVER, null] }, "Invalid resolver: got [ [Object], null ]; allowed: a reso"],
    [
      { cooldown: 0 },
      "Unknown option cooldown; allowed: resolver, timeout, wait, verify, recheck, ",
    ],
    // Its value is never shown.
    [{ tls: "passphrase" }, "tls: got 'string'; allowed: a boolean or the options of tls.connect"],
    [null, "Invalid options: got null; allowed: an object"],
    [[], "Invalid options: got []; allowed: an object"],
  ])("refuse %j with name, value and what is allowed", (options, message) => {
    const error = refusalOf(options);
    expect(error.code).toBe("ERR_SRV_INVALID_ARG");
    expect(error.message).toContain(message);
  });

  it("refuse an invalid name, which is the hostname of the error", () => {
    expect(refusalOf({}, "10.0.0.1")).toMatchObject({
      message: "Invalid name: got '10.0.0.1'; allowed: a name with SRV records, not an IP address",
      hostname: "10.0.0.1",
    });
    expect(refusalOf({}, 1).hostname).toBe("");
  });
});

const odd = ["", "a".repeat(64), "é", "_redis", "10", "a b", "\0", "\n", "*", "xn--", "🎲", "\\."];
const label = fc.oneof(fc.stringMatching(/^[a-z0-9_-]{1,63}$/), fc.constantFrom(...odd));
const name = fc.array(label, { maxLength: 6 }).map((labels) => labels.join("."));
const values = [
  0,
  1,
  -1,
  0.5,
  2 ** 31,
  Number.NaN,
  1n,
  "",
  true,
  null,
  {},
  { minTtl: 5, maxTtl: 1 },
];
const option = fc.oneof(
  fc.constantFrom<unknown>(...values, Symbol("s")),
  fc.anything({ maxDepth: 1 }),
);
const key = fc.constantFrom(...DIALER_OPTIONS, "clock", "nonsense");
const options = fc.oneof(fc.dictionary(key, option, { maxKeys: 3 }), fc.anything({ maxDepth: 1 }));

describe("createSrvDialer", () => {
  it("creates a dialer that can query the name, or says what is wrong, for every argument", () => {
    fc.assert(
      fc.property(fc.oneof(name, fc.anything()), options, (any, given) => {
        let made: ReturnType<typeof createSrvDialer>;
        try {
          made = createSrvDialer(any as string, given as SrvDialerOptions);
        } catch (error) {
          if (!(error instanceof SrvDialError) || error.code !== "ERR_SRV_INVALID_ARG") throw error;
          if (/[\p{C}\u2028\u2029]/u.test(error.message)) throw error;
          return;
        }
        made.close();
        buildQuery({ name: made.name, type: "SRV" }, { edns: true });
      }),
    );
  });
});
