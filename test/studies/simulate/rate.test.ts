import { describe, expect, it } from "vitest";

import { Rate } from "../../../studies/simulate/rate.ts";

describe("a rate", () => {
  it("returns the highest count within any second, also across full seconds", () => {
    const rate = new Rate();
    for (const time of [0, 800, 900, 1_100, 1_700, 5_000]) rate.add(time);
    expect(rate.total).toBe(6);
    expect(rate.busiestSecond()).toBe(4);
    expect(rate.busiestSecond(2_000)).toBe(1);
    expect(new Rate().busiestSecond()).toBe(0);
  });
});
