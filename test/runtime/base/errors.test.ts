import { inspect } from "node:util";
import { describe, expect, it } from "vitest";

import { SrvDialError, describeAttempts } from "../../../runtime/src/base/errors.ts";
import type { SrvAttempt } from "../../../runtime/src/base/errors.ts";
import { createSrvDialer } from "../../../runtime/src/index.ts";
import type { SrvResolver } from "../../../runtime/src/index.ts";

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
    const cause = new Error("why");
    const error = new SrvDialError("ERR_SRV_CONNECT", "message", {
      hostname: "dev-redis.dev-ecs",
      attempts: [ATTEMPT],
      cause,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "SrvDialError",
      code: "ERR_SRV_CONNECT",
      message: "message",
      hostname: "dev-redis.dev-ecs",
      attempts: [ATTEMPT],
      cause,
    });
  });

  it("shows its code and name when it is logged, and in its stack", () => {
    const error = new SrvDialError("ERR_SRV_TIMEOUT", "too late");
    expect(error.stack).toMatch(/^SrvDialError: too late\n +at (?!new SrvDialError)/);
    const logged = inspect(error);
    expect(logged).toContain("SrvDialError: too late");
    expect(logged).toContain("code: 'ERR_SRV_TIMEOUT'");
  });

  it("is an AbortError, like Node's own, if a signal was aborted", () => {
    const error = new SrvDialError("ERR_SRV_ABORTED", "aborted", { cause: "why" });
    expect(error).toBeInstanceOf(SrvDialError);
    expect(error).toMatchObject({ name: "AbortError", code: "ERR_SRV_ABORTED", cause: "why" });
    expect(error.stack).toMatch(/^AbortError: aborted\n +at /);
    expect(inspect(error)).toContain("SrvDialError [AbortError]: aborted");
  });

  it("has a message of one line, regardless of the names and replies in it", () => {
    const error = new SrvDialError("ERR_SRV_CONNECT", "a\nb.c: \x1b[2J\x9b\u202e");
    expect(error.message).toBe(String.raw`a\010b.c: \027[2J\155\u{202e}`);
    expect(error.stack?.split("\n")[0]).toBe(`SrvDialError: ${error.message}`);
  });
});

describe("describeAttempts", () => {
  it("names endpoint, address and reason of each", () => {
    const second: SrvAttempt = {
      ...ATTEMPT,
      host: "redis-2.dev-ecs",
      address: undefined,
      error: new Error("NXDOMAIN"),
    };
    expect(describeAttempts([ATTEMPT, second], 2)).toBe(
      "redis-1.dev-ecs:32768 (10.0.0.1): connect ECONNREFUSED; redis-2.dev-ecs:32768: NXDOMAIN",
    );
  });

  it("says how often and when an endpoint was tried, unless it was tried once", () => {
    expect(describeAttempts([{ ...ATTEMPT, tries: 3, at: 1_234 }], 1)).toBe(
      "redis-1.dev-ecs:32768 (10.0.0.1): connect ECONNREFUSED (3 tries, the last after 1.2 s)",
    );
  });

  it("names at most ten, and how many more there are", () => {
    const many = Array.from({ length: 100 }, (_, port) => ({ ...ATTEMPT, port }));
    const named = describeAttempts(many, 1_000).split("; ");
    expect(named).toHaveLength(11);
    expect(named[9]).toContain("redis-1.dev-ecs:9 ");
    expect(named[10]).toBe("and 990 more");
    expect(describeAttempts(many.slice(0, 10), 10)).not.toContain("more");
  });
});

describe("SrvDialErrors of a dialer", () => {
  const NAME = "dev-redis.dev-ecs";
  const silent: SrvResolver = { resolve: () => new Promise(() => {}) };

  it.each(["resolve", "connect"] as const)(
    "of %s are AbortErrors when its signal is aborted, before and meanwhile",
    async (method) => {
      const dialer = createSrvDialer(NAME, { resolver: silent });
      const cause = new Error("shutting down");
      const aborted = { name: "AbortError", code: "ERR_SRV_ABORTED", hostname: NAME, cause };
      const before = dialer[method]({ signal: AbortSignal.abort(cause) });
      await expect(before).rejects.toMatchObject(aborted);
      const controller = new AbortController();
      const meanwhile = dialer[method]({ signal: controller.signal });
      controller.abort(cause);
      await expect(meanwhile).rejects.toMatchObject(aborted);
    },
  );

  it("keep their own name when the deadline passes or the dialer is closed", async () => {
    const dialer = createSrvDialer(NAME, { resolver: silent });
    const late = dialer.connect({ timeout: 1 });
    const timedOut = { name: "SrvDialError", code: "ERR_SRV_TIMEOUT" };
    await expect(late).rejects.toMatchObject(timedOut);
    const pending = dialer.resolve();
    dialer.close();
    const closed = { name: "SrvDialError", code: "ERR_SRV_CLOSED" };
    await expect(pending).rejects.toMatchObject(closed);
  });

  it("escape the hosts that a resolver gives, and what their lookup says", async () => {
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
});
