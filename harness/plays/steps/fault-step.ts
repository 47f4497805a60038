import { type Fault, impactOf, titleOf } from "../faults/fault.ts";
import type { Step } from "./step.ts";

/** A step that plays a fault and measures it. */
export const measured = (fault: Fault): Step => ({
  title: titleOf(fault),
  play: async (stage) => {
    await impactOf(stage, fault);
  },
});

/** A step that plays a fault and checks its expectations. */
export const checked = (fault: Fault): Step => ({
  title: titleOf(fault),
  play: async (stage) => fault.expect?.(stage, await impactOf(stage, fault)),
});
