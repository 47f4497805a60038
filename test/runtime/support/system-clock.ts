import { onTestFinished, vi } from "vitest";
import { systemClock } from "../../../runtime/src/base/time.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

/** From now on, the package's own clock passes only when the test advances it. Fake timers do not reach it. */
export function virtualSystemClock(): VirtualClock {
  const clock = new VirtualClock();
  const spies = [
    vi.spyOn(systemClock, "now").mockImplementation(() => clock.now()),
    vi.spyOn(systemClock, "setTimeout").mockImplementation((run, ms) => clock.setTimeout(run, ms)),
    vi.spyOn(systemClock, "setImmediate").mockImplementation((run) => clock.setImmediate(run)),
  ];
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  return clock;
}
