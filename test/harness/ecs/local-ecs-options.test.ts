import { describe, expect, it } from "vitest";
import { withDefaults } from "../../../harness/ecs/local-ecs-options.ts";

describe("the speed of health checks and restart policies", () => {
  const given = { template: {}, images: {} };

  it("is 1 by default", () => {
    expect(withDefaults(given).speed).toBe(1);
    expect(withDefaults({ ...given, speed: 12 }).speed).toBe(12);
  });

  it.each([0, 0.5, 61, Number.NaN, "12" as unknown as number])("is refused as %s", (speed) => {
    const message = `option speed: expected a number from 1 to 60, got ${speed}`;
    expect(() => withDefaults({ ...given, speed })).toThrow(message);
  });
});
