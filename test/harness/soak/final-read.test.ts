import type { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import type { RequestOutcome } from "../../../harness/plays/stage/load.ts";
import { onMonotonic } from "../../../harness/soak/clock.ts";
import { checkHistory } from "../../../harness/soak/history/check-history.ts";
import { finalRead, signatures } from "../../../harness/soak/final-read.ts";

const outcome = (guest: string | undefined, status: number): RequestOutcome => ({
  guest,
  sentAt: 10,
  endedAt: 20,
  status,
});

/** A Redis with these values and guests, read in parts. */
function redisWith(values: Readonly<Record<string, string>>, guests: readonly string[]) {
  const asked: number[] = [];
  const redis = {
    mget: async (names: readonly string[]) => {
      asked.push(names.length);
      return names.map((name) => values[name] ?? null);
    },
    smismember: async (_set: string, names: readonly string[]) => {
      asked.push(names.length);
      return names.map((name) => (guests.includes(name) ? 1 : 0));
    },
  };
  return { asked, redis: redis as unknown as Redis };
}

describe("the users' writes", () => {
  it("have an end if the app acknowledged them", () => {
    const writes = signatures([outcome("a", 201), outcome("b", 503), outcome(undefined, 200)]);
    const [start, end] = [onMonotonic(10), onMonotonic(20)];
    expect(writes).toMatchObject([
      { key: "guest:a", kind: "set", value: "a", start, end },
      { key: "guest:b", kind: "set", value: "b", start, end: undefined },
    ]);
  });

  it.each([
    ["that was acknowledged and is gone is a loss", 201, "violated"],
    ["that was not acknowledged may be gone", 503, "consistent"],
  ])("%s", async (_title, status, expected) => {
    const { redis } = redisWith({}, []);
    const look = await finalRead(redis, [], ["a"]);
    const { outcome: judged } = checkHistory([...signatures([outcome("a", status)]), ...look]);
    expect(judged).toBe(expected);
  });
});

describe("the final read", () => {
  it("reads every key and every guest in parts", async () => {
    const keys = Array.from({ length: 1_201 }, (_, index) => `soak:${index}`);
    const { redis, asked } = redisWith({ "soak:0": "1.1", "soak:1200": "7" }, ["b"]);
    const read = await finalRead(redis, keys, ["a", "b"]);
    expect(asked).toEqual([500, 500, 201, 2]);
    expect(read.map(({ key }) => key)).toEqual([...keys, "guest:a", "guest:b"]);
    const found = read.flatMap((each) => (each.kind === "get" && each.result ? each.result : []));
    expect(found).toEqual(["1.1", "7", "b"]);
    expect(read.every(({ end }) => end !== undefined)).toBe(true);
  });
});
