import { expect, test } from "vitest";
import type { Recording } from "../../../../harness/plays/stage/recording.ts";
import { eventsOf, sidesOf } from "../../../../harness/views/report/sides.ts";
import { verdict } from "../../../../harness/views/report/verdict.ts";
import { held, sampleBefore, sampleRecording } from "./sample.ts";

/** The verdict as people read it, a mark as its sign. */
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

test("two plays of the same steps are compared: failed of sent, for how long, and how often Redis started", () => {
  expect(words(sampleBefore(), sampleRecording())).toBe(
    [
      "Redis is killed: ▼ 57 of 60 requests failed before (5.7 s, 2 Redis starts), ▲ 20 of 60 after (2.0 s, 1 Redis start). Requests fail in “after” too, for 2.0 s.",
      "▲ better and ▼ worse: by the number of requests that failed. The time is from the first failure to the next success.",
      "before: ! This setup fails as expected: its 2 known flaws were seen: the task is restarted again and again; users notice it. The other expectation held.",
      "after: ✓ The expectation held.",
    ].join("\n"),
  );
});

test("a side without failures has no time and no further sentence", () => {
  const text = words(sampleBefore(), withImpact({ failed: 0, away: 0, redisStarts: 0 }));
  expect(text).toContain("▲ 0 of 60 after (0 Redis starts).\n");
  expect(text).not.toContain("too");
});

test("the worse side is marked wherever it is, and equal sides are marked as equal", () => {
  const worse = withImpact({ failed: 60 });
  expect(words(sampleBefore(), worse)).toMatch(/▲ 57 of 60.*▼ 60 of 60/);
  expect(words(worse, worse)).toMatch(
    /= 60 of 60 requests failed in after 1 .*= 60 of 60 in after 2/,
  );
  const moreStarts = withImpact({ failed: 57 });
  expect(words(sampleBefore(), moreStarts)).toMatch(/▼ 57 of 60.*▲ 57 of 60/);
});

test("only a side without failures is written in the colour of success", () => {
  const sides = sidesOf([sampleBefore(), sampleRecording()]);
  const { markup } = verdict(sides, eventsOf(sides));
  expect(markup).toMatch(/<b class="worse"[^]*?57 of 60/);
  expect(markup).not.toMatch(/<b class="better"[^>]*>\s*<span[^>]*>▲<\/span> 20 of 60/);
  const good = sidesOf([sampleBefore(), withImpact({ failed: 0 })]);
  expect(verdict(good, eventsOf(good)).markup).toMatch(
    /<b class="better"\s*><span[^>]*>▲<\/span> 0 of 60/,
  );
});

const lost = (value: string) => ({
  figures: [{ step: "s", name: "acknowledged writes lost", value }],
});

test("lost writes are in the verdict where both sides counted them", () => {
  expect(words(sampleBefore(lost("3")), sampleRecording(lost("0")))).toContain(
    "\nAcknowledged writes lost: 3 before, 0 after.\n",
  );
  expect(words(sampleBefore(), sampleRecording(lost("0")))).not.toContain("lost");
});

test("one play alone has its requests, its steps and its expectations", () => {
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
    "Nothing was expected of this play.\n20 of 100",
  );
});

test("what did not hold is said first, with what was seen", () => {
  const expectations = [
    held("first deploy", "app serves"),
    { ...held("Redis is killed", "Redis starts again"), held: false, seen: "no start" },
  ];
  expect(words(sampleRecording({ expectations }))).toMatch(
    /^✗ 1 of 2 expectations did not hold\.\nRedis is killed: Redis starts again\. Seen: no start\n/,
  );
});

test("an old setup that does not fail as expected is no success", () => {
  const [claim, ...others] = sampleBefore().expectations;
  const expectations = [
    claim ?? held("", ""),
    ...others.map((other) => ({ ...other, held: false })),
  ];
  expect(words(sampleBefore({ expectations }))).toMatch(/^✗ 2 of 3 expectations did not hold\./);
});
