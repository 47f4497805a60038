import { expect, test } from "vitest";
import type { PlayedRound } from "../../../harness/soak/round.ts";
import type { SoakRecord } from "../../../harness/soak/soak.ts";
import { judge } from "../../../harness/soak/verdict.ts";

const round = (number: number, part: Partial<PlayedRound> = {}): PlayedRound => ({
  number,
  redisAt: `127.0.0.1:${number}`,
  away: 1_000 * number,
  planned: 1,
  missed: [],
  ...part,
});

const record = (part: Partial<SoakRecord> = {}): SoakRecord => ({
  seed: 7,
  planned: 3,
  rounds: [round(1), round(2), round(3)],
  length: 18_000,
  acknowledged: 100,
  missing: { lost: [], discarded: [] },
  failed: 5,
  endedBy: undefined,
  isInterrupted: false,
  ...part,
});

const write = { guest: "guest-1", sentAt: 0, endedAt: 1_000, status: 200 };

const failedIn = (part: Partial<SoakRecord>) => judge(record(part)).filter(({ held }) => !held);

test("a soak without losses fails no claim, also if a kill discarded writes", () => {
  expect(failedIn({})).toEqual([]);
  expect(failedIn({ missing: { lost: [], discarded: [write] } })).toEqual([]);
});

test("a lost write is named with the time of its acknowledgement", () => {
  expect(failedIn({ missing: { lost: [write], discarded: [] } })).toMatchObject([
    {
      claim: "no acknowledged write is lost",
      seen: expect.stringMatching(/^100 writes, 1 lost, 0 within/),
      details: ["guest-1, acknowledged at 1970-01-01T00:00:01.000Z"],
    },
  ]);
});

test("a soak without writes, a timeout, and too many faults that were not played fail", () => {
  expect(failedIn({ acknowledged: 0 })).toMatchObject([{ claim: "no acknowledged write is lost" }]);
  expect(failedIn({ endedBy: "Redis is stable: not within 60000 ms" })).toMatchObject([
    { seen: "Redis is stable: not within 60000 ms" },
  ]);
  const missed = ["freeze: the task has ended"];
  expect(failedIn({ rounds: [round(1), round(2, { missed })] })).toEqual([]);
  expect(failedIn({ rounds: [round(1, { missed })] })).toMatchObject([
    { claim: "most faults of the schedule are played", seen: "0 of 1", details: missed },
  ]);
});
