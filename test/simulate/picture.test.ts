import { describe, expect, it } from "vitest";

import { row } from "./example-row.ts";
import { pictureOf } from "./picture.ts";

const ROWS = [row(10, "as it is"), row(1_000, "as it is"), row(1_000, "no jitter")];

describe("the picture of the simulation", () => {
  it("shows the largest row, with a line of each kind in each panel", () => {
    const picture = pictureOf(ROWS, 16_000);
    expect(picture).toContain("Redis moves under 1 000 simulated clients");
    expect(picture.match(/<path /g)).toHaveLength(4);
    // One is refused by a browser when a number is missing.
    expect(picture).not.toMatch(/NaN|undefined/);
  });
});
