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
    .replaceAll(/<\/(?:li|p|tr)>/g, "\n")
    .replaceAll(/<\/t[dh]>/g, " | ")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/ +/g, " ")
    .replaceAll(/[ |]*\n\s*/g, "\n")
    .trim();
}

test("two plays of the same steps are compared by failures, time and Redis starts", () => {
  expect(words(sampleBefore(), sampleRecording())).toBe(
    [
      "event | before | after",
      "Redis is killed | ▼ 57 of 60 requests failed, away for 5.7 s, 2 Redis starts | ▲ 20 of 60 requests failed, away for 2.0 s, 1 Redis start",
      "▲ better and ▼ worse: by the number of requests that failed. The app is away from the first failure to the next success.",
      "before: ! This setup fails as expected: its 2 known flaws were seen: the task is restarted again and again; users notice it. The other expectation held.",
      "after: ✓ The expectation held.",
    ].join("\n"),
  );
});

const lost = (value: string) => ({
  figures: [{ step: "s", name: "acknowledged writes lost", value }],
});

test("a single play has its requests, steps and expectations", () => {
  expect(words(sampleRecording())).toBe(
    [
      "✓ The expectation held.",
      "20 of 100 requests failed in the whole play.",
      "Redis is killed: 20 of 60 requests failed, away for 2.0 s, 1 Redis start.",
    ].join("\n"),
  );
  expect(words(sampleRecording(lost("3")))).toContain(
    "\n20 of 100 requests failed in the whole play. Acknowledged writes lost: 3.\n",
  );
});

test("a repeated step is compared each time, and a skipped one has the reason", () => {
  const { startedAt: at } = sampleRecording();
  const deploy = (failed: number) => ({
    title: "Deploy app",
    at,
    impact: { sent: 10, failed, away: 0, redisStarts: 0 },
  });
  const outage = { title: "DNS outage", at };
  const one = sampleBefore({
    steps: [deploy(3), { ...outage, skipped: "no DNS here" }, deploy(4)],
  });
  const { impact } = deploy(1);
  const other = sampleRecording({ steps: [deploy(0), { ...outage, impact }, deploy(2)] });
  const rows = words(one, other).split("\n").slice(1, 4);
  expect(rows).toEqual([
    expect.stringMatching(/^Deploy app .* 3 of 10 .* 0 of 10 /),
    expect.stringMatching(/^DNS outage .*no DNS here .*1 of 10 /),
    expect.stringMatching(/^Deploy app .* 4 of 10 .* 2 of 10 /),
  ]);
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
