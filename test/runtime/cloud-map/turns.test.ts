import { expect, it } from "vitest";

import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { turns } from "../../../runtime/src/cloud-map/turns.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

it("a turn is not used by a caller that has gone", async () => {
  const clock = new VirtualClock();
  const turn = turns(1_000, clock);
  const gone = new Lifetime();
  gone.end(new Error("gone"));
  await expect(turn(gone)).rejects.toThrow("gone");
  // Nothing has the turn, so the next one does not wait.
  await turn(new Lifetime());
  clock.expectNoTimers();
});
