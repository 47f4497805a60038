import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lanesOf } from "../../../../harness/views/timeline/spans.ts";

test("items in a lane do not overlap, and there are as few lanes as possible", () => {
  const item = fc
    .tuple(fc.nat(50), fc.integer({ min: 1, max: 20 }))
    .map(([from, length]) => ({ from, to: from + length }));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 30 }), (items) => {
      const lanes = lanesOf(items);
      expect(lanes.flat()).toHaveLength(items.length);
      for (const lane of lanes) {
        for (const [index, { from }] of lane.entries()) {
          expect(from).toBeGreaterThanOrEqual(lane[index - 1]?.to ?? 0);
        }
      }
      const most = items.map(
        ({ from }) => items.filter((o) => o.from <= from && o.to > from).length,
      );
      expect(lanes).toHaveLength(Math.max(0, ...most));
    }),
  );
});
