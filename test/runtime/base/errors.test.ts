import { inspect } from "node:util";
import { describe, expect, it } from "vitest";

import {
  SrvDialError,
  describeAttempts,
  formatEndpoint,
  toError,
} from "../../../runtime/src/base/errors.ts";
import type { SrvAttempt } from "../../../runtime/src/base/errors.ts";

const ATTEMPT: SrvAttempt = {
  host: "redis-1.dev-ecs",
  address: "10.0.0.1",
  port: 32_768,
  phase: "connect",
  error: new Error("connect ECONNREFUSED"),
};

describe("SrvDialError", () => {
  it("carries code, hostname, attempts and cause", () => {
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

  it("has no cause, hostname or attempts unless given", () => {
    const error = new SrvDialError("ERR_SRV_ABORTED", "message");
    expect("cause" in error).toBe(false);
    expect(error.hostname).toBe("");
    expect(error.attempts).toEqual([]);
  });

  it("shows its code and name when it is logged", () => {
    const logged = inspect(new SrvDialError("ERR_SRV_TIMEOUT", "too late"));
    expect(logged).toContain("SrvDialError: too late");
    expect(logged).toContain("code: 'ERR_SRV_TIMEOUT'");
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
    expect(describeAttempts([ATTEMPT, second])).toBe(
      "redis-1.dev-ecs:32768 (10.0.0.1): connect ECONNREFUSED; redis-2.dev-ecs:32768: NXDOMAIN",
    );
  });

  it("names an address once when it is the host itself", () => {
    expect(describeAttempts([{ ...ATTEMPT, host: "10.0.0.1" }])).toBe(
      "10.0.0.1:32768: connect ECONNREFUSED",
    );
  });
});

describe("formatEndpoint", () => {
  it("puts an IPv6 address in brackets", () => {
    expect(formatEndpoint("::1", 53)).toBe("[::1]:53");
    expect(formatEndpoint("127.0.0.1", 53)).toBe("127.0.0.1:53");
  });
});

describe("toError", () => {
  it("leaves an error as it is and wraps what is none", () => {
    const error = new TypeError("why");
    expect(toError(error)).toBe(error);
    expect(toError("why")).toEqual(new Error("why"));
    expect(toError(undefined)).toEqual(new Error("undefined"));
  });
});
