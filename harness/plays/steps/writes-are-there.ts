import type { Step } from "./step.ts";

/** What was acknowledged is in Redis, wherever it has been since. */
export const writesAreThere: Step = {
  title: "all writes are there",
  play: async (stage) => {
    const { load, report } = stage;
    const lost = await stage.lostWrites();
    const acknowledged = load.acknowledged.length;
    report.measure("writes acknowledged", acknowledged);
    report.measure("acknowledged writes lost", lost);
    report.expect("no acknowledged write was lost", lost === 0, lost);
    report.expect("there were writes", acknowledged > 0, acknowledged);
  },
};
