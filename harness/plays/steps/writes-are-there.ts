import { FIGURES } from "../stage/measures.ts";
import type { Step } from "./step.ts";

/** Every acknowledged write is in Redis, also after moves. */
export const writesAreThere: Step = {
  title: "all writes are there",
  isAboutWrites: true,
  play: async (stage) => {
    const { load, results } = stage;
    const lost = await stage.lostWrites();
    const acknowledged = load.acknowledged.length;
    results.measure("writes acknowledged", acknowledged);
    results.measure(FIGURES.lost, lost);
    results.expect("no acknowledged write was lost", lost === 0, lost);
    results.expect("there were writes", acknowledged > 0, acknowledged);
  },
};
