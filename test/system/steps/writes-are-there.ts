import type { Step } from "./step.ts";

/** What was acknowledged is in Redis, wherever it has been since. */
export const writesAreThere: Step = {
  title: "all writes are there",
  play: async (stage) => {
    const { load, report } = stage;
    await load.stop();
    const acknowledged = load.acknowledged;
    const redis = stage.redis();
    try {
      const found = await redis.smismember("guests", acknowledged);
      const lost = found.filter((isThere) => isThere === 0).length;
      report.measure("writes acknowledged", acknowledged.length);
      report.measure("acknowledged writes lost", lost);
      report.expect("no acknowledged write was lost", lost === 0, lost);
      report.expect("there were writes", acknowledged.length > 0, acknowledged.length);
    } finally {
      redis.disconnect();
    }
  },
};
