import { describe, expect, it } from "vitest";
import { notRestarted } from "../../../../harness/ecs/tasks/restart-policy.ts";

const policy = { enabled: true, ignoredExitCodes: [75, 78], restartAttemptPeriod: 60 };
const late = { code: 137, ranFor: 60_000 };

describe("a restart policy", () => {
  it("restarts a container that has run long enough, with any exit code", () => {
    expect(notRestarted(policy, late, 1)).toBeUndefined();
    expect(notRestarted(policy, { ...late, code: 0 }, 1)).toBeUndefined();
  });

  it("restarts no container without an enabled policy", () => {
    expect(notRestarted({ ...policy, enabled: false }, late, 1)).toContain("no restart policy");
    expect(notRestarted(undefined, late, 1)).toContain("no restart policy");
  });

  it.each([75, 78])("does not restart after an ignored exit code: %i", (code) => {
    expect(notRestarted(policy, { ...late, code }, 1)).toBe(`exit code ${code} is ignored`);
  });

  it("does not restart a container that has not run for the period", () => {
    expect(notRestarted(policy, { ...late, ranFor: 59_999 }, 1)).toBe("it ran for less than 60 s");
    expect(notRestarted(policy, { ...late, ranFor: 1000 }, 60)).toBeUndefined();
  });
});
