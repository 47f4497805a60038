import { type Fault, impactOf, titleOf } from "../faults/fault.ts";
import type { Step } from "./step.ts";

/** A chapter in which a fault is played and measured. */
export const measured = (fault: Fault): Step => ({
  title: titleOf(fault),
  play: async (stage) => {
    await impactOf(stage, fault);
  },
});

/** A chapter in which a fault is played, and what its row expects is checked. */
export const checked = (fault: Fault): Step => ({
  title: titleOf(fault),
  play: async (stage) => fault.expect?.(stage, await impactOf(stage, fault)),
});
