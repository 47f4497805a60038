import { expect, test } from "vitest";
import type { PlayedRound } from "../../../harness/soak/round.ts";
import type { SoakRecord } from "../../../harness/soak/soak.ts";
import type { Judged } from "../../../harness/soak/verdict.ts";
import { playedLine, verdictLines } from "../../../harness/views/soak-lines.ts";

const judged: Judged[] = [
  { claim: "Redis moves", held: true, seen: "3 moves" },
  { claim: "nothing is lost", held: false, seen: "1 write", details: ["guest-1"] },
];

const round: PlayedRound = {
  number: 4,
  redisAt: "h:2",
  away: 1_250,
  planned: 1,
  missed: ["kill-app: it is gone"],
};

test("the verdict has the seed, and every claim with its observed value and details", () => {
  const soaked = { seed: 7, rounds: [round] };
  const lines = verdictLines(soaked, judged).split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "✓ Redis moves; seen: 3 moves",
    "✗ nothing is lost; seen: 1 write",
    "    guest-1",
  ]);
  expect(lines).toContain("✗ seed 7: 1 of 2 claims failed");
  expect(verdictLines(soaked, judged.slice(0, 1))).toContain("✓ seed 7: no claim failed");
});

test("a soak without rounds is not a success", () => {
  const text = verdictLines({ seed: 7, rounds: [] }, judged.slice(0, 1));
  expect(text).toContain("- seed 7: no round was played");
  expect(text).not.toContain("no claim failed");
});

test("a round's line has the place of Redis, the pause, the writes and the faults that did not begin", () => {
  const record: SoakRecord = {
    seed: 7,
    planned: 9,
    rounds: [round],
    length: 0,
    acknowledged: 80,
    missing: { lost: [], discarded: [] },
    failed: 0,
    endedBy: undefined,
    isInterrupted: false,
  };
  expect(playedLine(record)).toBe(
    "round 4     Redis at h:2  no write for 1.3 s  80 writes, 0 lost  kill-app: it is gone",
  );
});
