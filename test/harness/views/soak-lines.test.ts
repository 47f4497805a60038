import { expect, test } from "vitest";
import type { PlayedRound } from "../../../harness/soak/round.ts";
import type { Judged } from "../../../harness/soak/verdict.ts";
import { verdictLines } from "../../../harness/views/soak-lines.ts";

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
