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

/** The labels of each lane with their places. */
const lanes = (bars: readonly Bar[]): string[][] =>
  namedRow("step", bars, scale)
    .markup.split('<div class="lane')
    .slice(1)
    .map((lane) =>
      [...lane.matchAll(/class="name" style="(.*?)">(.*?)</g)].map(
        ([, place, label]) => `${label} ${place}`,
      ),
    );

test("a label that is longer than its bar has a lane to itself", () => {
  expect(
    lanes([bar(0, 1, "first deploy"), bar(1, 2, "app redeploy"), bar(20, 21, "Redis")]),
  ).toEqual([["first deploy left: 0%", "Redis left: 66.67%"], ["app redeploy left: 3.33%"]]);
});

test("a label without room on its right ends where its bar ends", () => {
  expect(lanes([bar(29, 29.001, "all writes are there")])).toEqual([
    ["all writes are there right: 3.33%"],
  ]);
});

test("a label as wide as the chart has the whole width, and two lines on a phone", () => {
  const { markup } = namedRow("step", [bar(14, 20, "x".repeat(60))], scale);
  expect(markup).toContain('class="lane whole"');
  expect(markup).toContain("x".repeat(60));
});

test("no two labels of a lane overlap on a chart of 300 pixels", () => {
  const bars = fc.array(
    fc
      .tuple(
        fc.nat(29),
        fc.constantFrom("Redis", "app redeploy", "all writes are there", "x".repeat(50)),
      )
      .map(([from, label]) => bar(from, from + 0.5, label)),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(bars, (all) => {
      const drawn = lanes(all);
      expect(drawn.flat()).toHaveLength(all.length);
      for (const lane of drawn) {
        const extents = lane.map(extentOf).toSorted((a, b) => a[0] - b[0]);
        for (const [index, [begin]] of extents.entries()) {
          expect(begin).toBeGreaterThanOrEqual((extents[index - 1]?.[1] ?? 0) - 0.1);
        }
      }
    }),
  );
});

/** In pixels, with the widest font. */
function extentOf(named: string): [number, number] {
  const [, label = "", side, percent] = /^(.*) (left|right): (?:min\()?([\d.]+)%/.exec(named) ?? [];
  if (named.includes("min(")) return [0, 300];
  const width = Math.min(label.length * 7, 300);
  const place = (Number(percent) / 100) * 300;
  return side === "left" ? [place, place + width] : [300 - place - width, 300 - place];
}
