import { type Breakage, type Impact, impactOf } from "../faults/fault.ts";
import type { Stage } from "../stage/stage.ts";
import type { Step } from "./step.ts";

/** A chapter in which something is broken, and what is expected of it. */
export function broken(breakage: Breakage, expect: (stage: Stage, impact: Impact) => void): Step {
  return {
    title: breakage.title,
    play: async (stage) => expect(stage, await impactOf(stage, breakage)),
  };
}
