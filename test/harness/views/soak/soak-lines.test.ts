import { expect, test } from "vitest";
import { SoakRecord } from "../../../../harness/soak/record.ts";
import type { Judged } from "../../../../harness/soak/verdict/judged.ts";
import { playedLine, verdictLines } from "../../../../harness/views/soak/soak-lines.ts";

const judged: Judged[] = [
  { claim: "Redis moves", held: true, seen: "3 moves" },
  { claim: "it is flat", held: undefined, seen: "not judged" },
  { claim: "nothing is lost", held: false, seen: "1 key", details: ["key a:", "  set 1"] },
];

/** A record for the verdict. */
const soaked = (rounds: number): SoakRecord => {
  const record = new SoakRecord(7, 10);
  for (let number = 1; number <= rounds; number += 1)
    record.rounds.push({ number, at: 0, movedAt: 1, planned: 1, missed: [] });
  return record;
};

test("the verdict has the seed, and every claim with its observed value and details", () => {
  const lines = verdictLines(soaked(3), judged).split("\n");
  expect(lines.slice(0, 5)).toEqual([
    "✓ Redis moves; seen: 3 moves",
    "- it is flat; seen: not judged",
    "✗ nothing is lost; seen: 1 key",
    "    key a:",
    "      set 1",
  ]);
  expect(lines).toContain("✗ seed 7: 1 of 3 claims failed");
  expect(verdictLines(soaked(3), judged.slice(0, 2))).toContain("✓ seed 7: no claim failed");
});

test("a soak without rounds is not a success", () => {
  const text = verdictLines(soaked(0), judged.slice(0, 2));
  expect(text).toContain("- seed 7: no round was played");
  expect(text).not.toContain("no claim failed");
  expect(verdictLines(soaked(0), judged)).toContain("✗ seed 7: 1 of 3 claims failed");
});

test("a round's line has the endpoint of Redis and the faults that did not begin", () => {
  const record = new SoakRecord(1, 1);
  record.rounds.push({
    number: 4,
    at: 0,
    movedAt: 1,
    planned: 1,
    missed: ["app-killed: it is gone"],
  });
  record.tracker.moves.push({ from: "h:1", to: "h:2", lastAt: 100, at: 1_350 });
  const held = { at: 6_000, heap: 2 ** 21, resident: 0, descriptors: {}, ready: 6 };
  record.samples.push(held);
  expect(playedLine(record)).toBe(
    "round 4     Redis at h:2, no write for 1.3 s  heap 2.0 MiB  app-killed: it is gone",
  );
});
