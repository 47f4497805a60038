import { expect, test } from "vitest";
import type { Recording } from "../../../../harness/plays/stage/recording.ts";
import { eventsOf, sidesOf } from "../../../../harness/views/report/sides.ts";
import { verdict } from "../../../../harness/views/report/verdict.ts";
import { held, sampleBefore, sampleRecording } from "./sample.ts";

/** The verdict as plain text. */
function words(...recordings: readonly Recording[]): string {
  const sides = sidesOf(recordings);
  return verdict(sides, eventsOf(sides))
    .markup.replaceAll(/\s+/g, " ")
    .replaceAll(/<\/(?:li|p)>/g, "\n")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/ +/g, " ")
    .replaceAll(/ ?\n\s*/g, "\n")
    .trim();
}

const withImpact = (changes: Partial<Recording["steps"][number]["impact"]>): Recording => {
  const recording = sampleRecording();
  const steps = recording.steps.map((step) =>
    step.impact ? { ...step, impact: { ...step.impact, ...changes } } : step,
  );
  return { ...recording, steps };
};

test("two plays of the same steps are compared by failures, time and Redis starts", () => {
  expect(words(sampleBefore(), sampleRecording())).toBe(
    [
      "Redis is killed: ▼ 57 of 60 requests failed before (5.7 s, 2 Redis starts), ▲ 20 of 60 after (2.0 s, 1 Redis start). Requests fail in “after” too, for 2.0 s.",
      "▲ better and ▼ worse: by the number of requests that failed. The time is from the first failure to the next success.",
      "before: ! This setup fails as expected: its 2 known flaws were seen: the task is restarted again and again; users notice it. The other expectation held.",
      "after: ✓ The expectation held.",
    ].join("\n"),
  );
});

test("the worse side and equal sides are marked", () => {
  const worse = withImpact({ failed: 60 });
  expect(words(sampleBefore(), worse)).toMatch(/▲ 57 of 60.*▼ 60 of 60/);
  expect(words(worse, worse)).toMatch(
    /= 60 of 60 requests failed in after 1 .*= 60 of 60 in after 2/,
  );
  const moreStarts = withImpact({ failed: 57 });
  expect(words(sampleBefore(), moreStarts)).toMatch(/▼ 57 of 60.*▲ 57 of 60/);
});

const lost = (value: string) => ({
  figures: [{ step: "s", name: "acknowledged writes lost", value }],
});

test("lost writes are in the verdict if both sides counted them", () => {
  expect(words(sampleBefore(lost("3")), sampleRecording(lost("0")))).toContain(
    "\nAcknowledged writes lost: 3 before, 0 after.\n",
  );
  expect(words(sampleBefore(), sampleRecording(lost("0")))).not.toContain("lost");
});

test("a single play has its requests, steps and expectations", () => {
  expect(words(sampleRecording())).toBe(
    [
      "✓ The expectation held.",
      "20 of 100 requests failed in the whole play.",
      "Redis is killed: 20 of 60 requests failed (2.0 s, 1 Redis start).",
    ].join("\n"),
  );
  expect(words(sampleRecording(lost("3")))).toContain(
    "\n20 of 100 requests failed in the whole play. Acknowledged writes lost: 3.\n",
  );
  expect(words(sampleRecording({ expectations: [] }))).toContain(
    "This play has no expectations.\n20 of 100",
  );
});

test("failed expectations come first, with their observed values", () => {
  const expectations = [
    held("first deploy", "app serves"),
    { ...held("Redis is killed", "Redis starts again"), held: false, seen: "no start" },
  ];
  expect(words(sampleRecording({ expectations }))).toMatch(
    /^✗ 1 of 2 expectations did not hold\.\nRedis is killed: Redis starts again\. Seen: no start\n/,
  );
});

test("an old setup that does not fail as expected is not a success", () => {
  const [claim, ...others] = sampleBefore().expectations;
  const expectations = [
    claim ?? held("", ""),
    ...others.map((other) => ({ ...other, held: false })),
  ];
  expect(words(sampleBefore({ expectations }))).toMatch(/^✗ 2 of 3 expectations did not hold\./);
});
