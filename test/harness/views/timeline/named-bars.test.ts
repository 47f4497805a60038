import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BEGAN } from "../report/sample.ts";
import type { Bar } from "../../../../harness/views/timeline/bars.ts";
import { namedRow } from "../../../../harness/views/timeline/named-bars.ts";
import { timeScale } from "../../../../harness/views/timeline/time-scale.ts";

const scale = timeScale({ from: BEGAN, to: BEGAN + 30_000 });

const bar = (from: number, to: number, label: string): Bar => ({
  from: BEGAN + from * 1_000,
  to: BEGAN + to * 1_000,
  spans: [{ from: BEGAN + from * 1_000, to: BEGAN + to * 1_000, state: "step" }],
  label,
  words: label,
});

/** The labels of each lane with their positions, on a narrow or wide chart. */
const lanes = (bars: readonly Bar[], kind: "narrow" | "wide" = "narrow"): string[][] =>
  (namedRow("step", bars, scale).markup.split(`<div class="${kind}">`)[1] ?? "")
    .split('<div class="wide">', 1)
    .flatMap((part) => part.split('<div class="lane').slice(1))
    .map((lane) =>
      [...lane.matchAll(/class="name" style="(.*?)">(.*?)</g)].map(
        ([, place, label]) => `${label} ${place}`,
      ),
    );

test("a label longer than its bar reserves its lane", () => {
  expect(
    lanes([bar(0, 1, "first deploy"), bar(1, 2, "app redeploy"), bar(20, 21, "Redis")]),
  ).toEqual([["first deploy left: 0%", "Redis left: 66.67%"], ["app redeploy left: 3.33%"]]);
});

test.each([
  ["narrow", 300],
  ["wide", 640],
] as const)("no two labels of a lane overlap on a %s chart, of %i pixels", (kind, chart) => {
  const bars = fc.array(
    fc
      .tuple(
        fc.nat(29),
        fc.constantFrom("Redis", "app redeploy", "all writes are kept", "x".repeat(50)),
      )
      .map(([from, label]) => bar(from, from + 0.5, label)),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(bars, (all) => {
      const placed = lanes(all, kind);
      expect(placed.flat()).toHaveLength(all.length);
      for (const lane of placed) {
        const extents = lane.map((named) => extentOf(named, chart)).toSorted((a, b) => a[0] - b[0]);
        for (const [index, [begin]] of extents.entries()) {
          expect(begin).toBeGreaterThanOrEqual((extents[index - 1]?.[1] ?? 0) - 0.1);
        }
      }
    }),
  );
});

/** The extent in pixels, with the widest font. */
function extentOf(named: string, chart: number): [number, number] {
  const [, label = "", side, percent] = /^(.*) (left|right): ([\d.]+)%/.exec(named) ?? [];
  // The label has the whole lane.
  if (side === undefined) return [0, chart];
  const place = (Number(percent) / 100) * chart;
  // Two lines reach the chart's other end.
  const width = Math.min(label.length * 7, chart - place);
  return side === "left" ? [place, place + width] : [chart - place - width, chart - place];
}
