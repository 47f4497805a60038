import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import {
  checkInteger,
  checkMilliseconds,
  checkedAddresses,
  checkedAnswer,
  invalidArg,
  refuseUnknown,
} from "../../../runtime/src/base/checks.ts";

describe("invalidArg", () => {
  it("names the option, what it got and what is allowed", () => {
    expect(invalidArg("family", { a: { b: 1 } }, "4 or 6")).toMatchObject({
      code: "ERR_SRV_INVALID_ARG",
      message: "Invalid family: got { a: [Object] }; allowed: 4 or 6",
      hostname: "",
      attempts: [],
    });
  });

  it("hides what may be a password in each item of a list", () => {
    const { message } = invalidArg("names", ["https://user:s3cret@search.test"], "names");
    expect(message).toContain("[hidden]@search.test");
    expect(message).not.toContain("s3cret");
  });

  it("limits the length of the shown value", () => {
    expect(invalidArg("x", "a".repeat(10_000), "y").message.length).toBeLessThan(200);
  });

  it.each([
    "redis://user:s3cret@dev-redis.dev-ecs",
    "redis://:s3cr@s3cret/s3cret@dev-redis.dev-ecs",
    `user:${"s3cret".repeat(50)}@dev-redis.dev-ecs`,
    "s3cret\ns3cret@dev-redis.dev-ecs",
  ])("shows no password if a URL is given as a name", (name) => {
    const error = invalidArg("name", name, "a name");
    expect(error.message).toBe("Invalid name: got '[hidden]@dev-redis.dev-ecs'; allowed: a name");
    expect(inspect(error)).not.toContain("s3cret");
  });
});

function refuse(options: object): void {
  refuseUnknown("cache.", options, ["minTtl", "maxTtl"]);
}

describe("refuseUnknown", () => {
  const known = ["timeout", "refresh", "wait", "cache"];

  it.each([
    ["timout", "timeout"],
    ["refersh", "refresh"],
    ["Timeout", "timeout"],
    ["timeouts", "timeout"],
    ["timeoutMs", "timeout"],
    ["resolve", undefined],
    ["retries", undefined],
    ["ca", undefined],
    ["", undefined],
  ])("takes %j for %j", (word, meant) => {
    const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    expect(() => refuseUnknown("", { [word]: 1 }, known)).toThrow(
      `Unknown option ${word}${hint}; allowed: ${known.join(", ")}`,
    );
  });

  it("names the first unknown key, the one that is probably meant, and all that are allowed", () => {
    expect(() => refuse({ minTtl: 1, minTTl: 1 })).toThrow(
      "Unknown option cache.minTTl (did you mean cache.minTtl?); allowed: minTtl, maxTtl",
    );
    expect(() => refuse({ age: 1 })).toThrow("Unknown option cache.age; allowed: minTtl, maxTtl");
    expect(() => refuse({ minTtl: 1 })).not.toThrow();
  });
});

describe("checkMilliseconds", () => {
  it.each([10, 10.5, 2 ** 31 - 1])("takes %d", (value) => {
    expect(checkMilliseconds("timeout", value, 1, 10)).toBe(value);
  });

  it.each([9, -1, Number.NaN, Infinity, 2 ** 31, "10", null, 10n])("refuses %s", (value) => {
    expect(() => checkMilliseconds("timeout", value, 1, 10)).toThrow(
      "allowed: milliseconds from 10 to 2147483647",
    );
  });
});

describe("checkInteger", () => {
  it("accepts the bounds, and uses the default for undefined", () => {
    expect([1, 5, undefined].map((value) => checkInteger("tries", value, 3, 1, 5))).toEqual([
      1, 5, 3,
    ]);
  });

  it.each([0, 6, 1.5, "3", null])("refuses %s", (value) => {
    expect(() => checkInteger("tries", value, 3, 1, 5)).toThrow(
      /^Invalid tries: got .*; allowed: an integer from 1 to 5$/,
    );
  });
});

describe("what a resolver gives", () => {
  it.each<[string, () => unknown]>([
    ["wrong reason: 7; allowed: a string", () => given(checkedAnswer, { reason: 7 })],
    ["wrong answer: []; allowed: { targets, ttl }", () => given(checkedAnswer, [])],
    ["wrong lookup answer: null; allowed: { addresses, ttl }", () => given(checkedAddresses, null)],
  ])("is refused with the field's name: %s", (message, check) => {
    expect(check).toThrow(message);
  });
});

/** An answer of a resolver without types. Fields without an argument are valid. */
function given(check: (answer: never) => unknown, answer: object | null): unknown {
  const right = { targets: [], ttl: 1 };
  return check(
    (Array.isArray(answer) || answer === null ? answer : { ...right, ...answer }) as never,
  );
}
