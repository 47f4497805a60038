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
  it("names the option, what it got and what is allowed, at a limited length", () => {
    expect(invalidArg("family", { a: { b: 1 } }, "4 or 6")).toMatchObject({
      code: "ERR_SRV_INVALID_ARG",
      message: "Invalid family: got { a: [Object] }; allowed: 4 or 6",
      hostname: "",
      attempts: [],
    });
    expect(invalidArg("x", "a".repeat(10_000), "y").message.length).toBeLessThan(200);
  });

  it("hides what may be a password in each item of a list", () => {
    const { message } = invalidArg("names", ["https://user:s3cret@search.test"], "names");
    expect(message).toContain("[hidden]@search.test");
    expect(message).not.toContain("s3cret");
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

it("an unknown option is refused by its name, with all that are allowed", () => {
  const known = ["minTtl", "maxTtl"];
  const message = "Unknown option cache.minTTl; allowed: minTtl, maxTtl";
  expect(() => refuseUnknown("cache.", { minTtl: 1, minTTl: 1, a: 1 }, known)).toThrow(message);
  expect(() => refuseUnknown("cache.", { minTtl: 1 }, known)).not.toThrow();
});

describe("a number", () => {
  it("may be at its bounds, and has a default", () => {
    const ms = [10, 10.5, 2 ** 31 - 1, undefined];
    expect(ms.map((value) => checkMilliseconds("timeout", value, 11, 10))).toEqual([
      10,
      10.5,
      2 ** 31 - 1,
      11,
    ]);
    const integers = [1, 5, undefined].map((value) => checkInteger("tries", value, 3, 1, 5));
    expect(integers).toEqual([1, 5, 3]);
  });

  it.each([9, -1, Number.NaN, Infinity, 2 ** 31, "10", null, 10n])(
    "of milliseconds from 10 on is not %s",
    (value) => {
      const message = "allowed: milliseconds from 10 to 2147483647";
      expect(() => checkMilliseconds("timeout", value, 1, 10)).toThrow(message);
    },
  );

  it.each([0, 6, 1.5, "3", null])("that is an integer from 1 to 5 is not %s", (value) => {
    const message = /^Invalid tries: got .*; allowed: an integer from 1 to 5$/;
    expect(() => checkInteger("tries", value, 3, 1, 5)).toThrow(message);
  });
});

it.each<[string, (answer: never) => unknown, unknown]>([
  ["wrong reason: 7; allowed: a string", checkedAnswer, { targets: [], ttl: 1, reason: 7 }],
  ["wrong answer: []; allowed: { targets, ttl }", checkedAnswer, []],
  ["wrong lookup answer: null; allowed: { addresses, ttl }", checkedAddresses, null],
])("an answer of a resolver is refused with the field's name: %s", (message, check, answer) => {
  expect(() => check(answer as never)).toThrow(message);
});
