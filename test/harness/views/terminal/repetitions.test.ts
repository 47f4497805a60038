import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { Recording } from "../../../../harness/plays/stage/recording.ts";
import { renderRepetitions } from "../../../../harness/views/terminal/repetitions.ts";

const recording = (held: boolean): Recording => ({
  scenario: "rotation",
  title: "Many clients",
  environment: "dev",
  seed: 1,
  startedAt: 0,
  endedAt: 1,
  steps: [],
  events: [],
  requests: [],
  figures: [],
  expectations: [{ step: "Redis moves", claim: "all are back", held, seen: "17 s" }],
  faults: [],
});

test("each expectation has its count, and each failure its seed", () => {
  const text = stripVTControlCharacters(
    renderRepetitions([
      { scenario: "rotation", seed: 1, recording: recording(true) },
      { scenario: "rotation", seed: 2, recording: recording(false) },
      { scenario: "rotation", seed: 3, recording: undefined, error: "it was killed" },
    ]),
  );
  expect(text).toMatch(/rotation +│ Redis moves +│ all are back +│ 1 \/ 3/);
  expect(text).toContain("✗ rotation --seed 2: Redis moves: all are back; seen: 17 s");
  expect(text).toContain("✗ rotation --seed 3: it was killed");
  expect(text).not.toContain("--seed 1");
});
