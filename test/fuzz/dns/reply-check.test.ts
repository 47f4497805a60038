import { describe, expect, it } from "vitest";
import { Dice } from "../engine/dice.ts";
import { FOUND } from "./found.ts";
import { mutated } from "./mutate.ts";
import { checkAddresses, checkAnswer, checkReply } from "./reply-check.ts";
import { SEEDS } from "./seeds.ts";

const TARGET = { host: "redis-1", port: 6379, priority: 0, weight: 0, ttl: 10 };
const answerWith = (change: object) => ({ targets: [{ ...TARGET, ...change }], ttl: 10 });

describe("the check of a reply", () => {
  it("reads most of the seeds, and each kind of them", () => {
    const outcomes = SEEDS.map((seed) => checkReply(seed));
    expect(outcomes.filter((outcome) => outcome === "read").length).toBeGreaterThan(20);
    expect(new Set(outcomes)).toEqual(new Set(["read", "truncated", "endless aliases"]));
  });

  it.each(Object.entries(FOUND))("takes what %s", (_, hex) => {
    expect(() => checkReply(Buffer.from(hex, "hex"))).not.toThrow();
  });

  it("takes a thousand changed replies", () => {
    const dice = new Dice(1, "test");
    for (let count = 0; count < 1_000; count++) {
      expect(() => checkReply(mutated(dice.pick(SEEDS), dice, dice.pick(SEEDS)))).not.toThrow();
    }
  });

  it.each([
    [{ host: "" }, 'host ""'],
    [{ host: "a\nb" }, "host"],
    [{ port: 65_536 }, "port 65536"],
    [{ weight: Number.NaN }, "weight NaN"],
    [{ ttl: -1 }, "TTL -1 of a target"],
    [{ ttl: 9 }, "TTL 9 of a target"],
    [{ addresses: ["10.0.0"] }, 'address "10.0.0"'],
  ])("finds a target with %j", (change, message) => {
    expect(() => checkAnswer(answerWith(change))).toThrow(message);
    expect(() => checkAnswer(answerWith({}))).not.toThrow();
  });

  it("finds too many targets, and an address of another family", () => {
    const targets = Array.from({ length: 1_001 }, () => TARGET);
    expect(() => checkAnswer({ targets, ttl: 10 })).toThrow("1001 targets");
    expect(() => checkAddresses(["::1"], 4)).toThrow('address "::1"');
  });
});
