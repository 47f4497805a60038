import { expect, test } from "vitest";
import type { EcsEvent } from "../../../../harness/ecs/index.ts";
import { recordedFaults } from "../../../../harness/plays/stage/recorded-faults.ts";

const event = (at: number, active: boolean, fault: "dns" | "kill", target?: string): EcsEvent => ({
  type: "fault",
  at,
  active,
  fault,
  target,
});

test("a fault lasts from its start to its end", () => {
  const events = [
    event(1, true, "dns", "down"),
    event(2, true, "kill", "t1"),
    event(2, false, "kill", "t1"),
    event(3, false, "dns", "down"),
    event(4, true, "dns", "down"),
  ];
  expect(recordedFaults(events)).toEqual([
    { at: 1, name: "dns", target: "down", until: 3 },
    { at: 2, name: "kill", target: "t1", until: 2 },
    { at: 4, name: "dns", target: "down" },
  ]);
});
