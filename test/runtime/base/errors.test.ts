import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SrvDialError, describeAttempts } from "../../../runtime/src/base/errors.ts";
import type { SrvAttempt } from "../../../runtime/src/base/errors.ts";
import { createSrvDialer } from "../../../runtime/src/index.ts";
import type { SrvResolver } from "../../../runtime/src/index.ts";

const NAME = "dev-redis.dev-ecs";
const ATTEMPT: SrvAttempt = {
  host: "redis-1.dev-ecs",
  address: "10.0.0.1",
  port: 32_768,
  phase: "connect",
  error: new Error("connect ECONNREFUSED"),
  tries: 1,
  at: 0,
};

describe("SrvDialError", () => {
  it("has code, hostname, attempts and cause", () => {
    const details = { hostname: NAME, attempts: [ATTEMPT], cause: new Error("why") };
    const error = SrvDialError.of("ERR_SRV_CONNECT", "message", details);
    const fields = { name: "SrvDialError", code: "ERR_SRV_CONNECT", message: "message" };
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ ...fields, ...details });
  });

  it("shows its code and name when it is logged, and in its stack", () => {
    const error = SrvDialError.of("ERR_SRV_TIMEOUT", "too late");
    expect(error.stack).toMatch(/^SrvDialError: too late\n +at (?!new SrvDialError)/);
    expect(inspect(error)).toContain("SrvDialError: too late");
    expect(inspect(error)).toContain("code: 'ERR_SRV_TIMEOUT'");
  });

  it("is an AbortError, like Node's own, if a signal was aborted", () => {
    const error = SrvDialError.of("ERR_SRV_ABORTED", "aborted", { cause: "why" });
    expect(error).toBeInstanceOf(SrvDialError);
    expect(error).toMatchObject({ name: "AbortError", code: "ERR_SRV_ABORTED", cause: "why" });
    expect(error.stack).toMatch(/^AbortError: aborted\n +at /);
    expect(inspect(error)).toContain("SrvDialError [AbortError]: aborted");
  });

  it("has a message of one line, regardless of the names and replies in it", () => {
    const error = SrvDialError.of("ERR_SRV_CONNECT", "a\nb.c: \x1b[2J\x9b\u202e");
    expect(error.message).toBe(String.raw`a\010b.c: \027[2J\155\u{202e}`);
    expect(error.stack?.split("\n")[0]).toBe(`SrvDialError: ${error.message}`);
  });
});

describe("describeAttempts", () => {
  it("names endpoint, address and reason of each, and how often and when it was tried again", () => {
    const error = new Error("NXDOMAIN");
    const unknown = { ...ATTEMPT, host: "redis-2.dev-ecs", address: undefined, error };
    const again = { ...ATTEMPT, tries: 3, at: 1_234 };
    expect(describeAttempts([again, unknown], 2)).toBe(
      "redis-1.dev-ecs:32768 (10.0.0.1): connect ECONNREFUSED (3 tries, the last after 1.2 s); " +
        "redis-2.dev-ecs:32768: NXDOMAIN",
    );
  });

  it("names at most ten, and how many more there are", () => {
    const many = Array.from({ length: 100 }, (_, port) => ({ ...ATTEMPT, port }));
    const named = describeAttempts(many, 1_000).split("; ");
    expect(named).toHaveLength(11);
    expect(named[9]).toBe("redis-1.dev-ecs:9 (10.0.0.1): connect ECONNREFUSED");
    expect(named[10]).toBe("and 990 more");
    expect(describeAttempts(many.slice(0, 10), 10)).not.toContain("more");
  });
});

it("the error of a dialer escapes the hosts that a resolver gives, and what their lookup says", async () => {
  const target = { host: "a\nb\u202e.c", port: 1, priority: 0, weight: 0, ttl: 1 };
  const resolver: SrvResolver = {
    resolve: async () => ({ targets: [target], ttl: 1 }),
    lookup: (host) => Promise.reject(new Error(`no \x9b${host}`)),
  };
  const failure = createSrvDialer(NAME, { resolver, family: 4 }).connect();
  await expect(failure).rejects.toMatchObject({
    message: String.raw`Cannot connect to ${NAME}: a\010b\u{202e}.c:1: no \155a\010b\u{202e}.c`,
    attempts: [{ host: target.host }],
  });
});
