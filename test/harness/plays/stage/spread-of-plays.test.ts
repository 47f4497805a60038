import { expect, test } from "vitest";
import type {
  Figure,
  Recording,
  RecordedImpact,
} from "../../../../harness/plays/stage/recording.ts";
import { spreadOfPlays } from "../../../../harness/plays/stage/spread-of-plays.ts";

const play = (figures: Readonly<Record<string, string>>, impact?: RecordedImpact): Recording => ({
  scenario: "after",
  title: "The new setup",
  environment: "dev",
  seed: 1,
  startedAt: 0,
  endedAt: 100,
  steps: [{ title: "deploy", at: 0, ...(impact === undefined ? {} : { impact }) }],
  events: [],
  requests: [],
  figures: Object.entries(figures).map(([name, value]): Figure => ({
    step: "deploy",
    name,
    value,
  })),
  expectations: [],
  faults: [],
});

test("the figures of several plays are told by least, median and most", () => {
  const plays = ["1.50 s", "3.00 s", "1.75 s"].map((time) => play({ time, starts: "4" }));
  expect(spreadOfPlays(plays)).toEqual({
    deploy: {
      time: { least: 1.5, median: 1.75, most: 3 },
      starts: { least: 4, median: 4, most: 4 },
    },
  });
});

test("of requests, the share that failed is a figure", () => {
  expect(spreadOfPlays([play({}, { sent: 3, failed: 1, away: 10 })])).toEqual({
    deploy: { "share of requests that failed": { least: 0.333, median: 0.333, most: 0.333 } },
  });
});

test("what is no number is left out", () => {
  expect(spreadOfPlays([play({ "Redis at": "127.0.0.1:4000", changed: "a.b\n1" })])).toEqual({});
});

test("a figure that one of the plays lacks is no figure of all", () => {
  expect(() => spreadOfPlays([play({ time: "1 s" }), play({})])).toThrow(
    'a play did not measure "time" in "deploy"',
  );
});
