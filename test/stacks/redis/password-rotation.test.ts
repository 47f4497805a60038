import { describe, expect, it } from "vitest";
import { passwordRotation } from "../../../stacks/redis/password-rotation.ts";

describe("passwordRotation", () => {
  it.each([
    [1, "a", 1, 1],
    [2, "b", 1, 1],
    [3, "b", 2, 1],
    [4, "a", 2, 1],
    [5, "a", 2, 2],
    [6, "b", 2, 2],
    [7, "b", 3, 2],
  ])("at step %i the app uses %s, and a and b have had %i and %i values", (step, inUse, a, b) => {
    expect(passwordRotation(step)).toEqual({ inUse, draws: { a, b } });
  });

  it("changes one thing per step, and never replaces the password in use", () => {
    for (let step = 1; step < 100; step += 1) {
      const [now, next] = [passwordRotation(step), passwordRotation(step + 1)];
      const renewed = (["a", "b"] as const).filter((name) => now.draws[name] !== next.draws[name]);
      const changes = [...renewed, ...(now.inUse === next.inUse ? [] : ["in use"])];
      expect(changes).toHaveLength(1);
      expect(renewed).not.toContain(now.inUse);
    }
  });
});
