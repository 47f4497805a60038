import { FIGURES } from "../stage/measures.ts";
import type { Step } from "./step.ts";

/** Checks that Redis has every acknowledged write. Writes of the two seconds before a kill may be missing. */
export const checkWrites: Step = {
  title: "all writes are kept",
  isAboutWrites: true,
  needsData: true,
  play: async (stage) => {
    const { load, results } = stage;
    const { lost, discarded } = await stage.missingWrites();
    const acknowledged = load.acknowledged.length;
    results.measure(FIGURES.acknowledged, acknowledged);
    results.measure(FIGURES.lost, lost.length);
    if (discarded.length > 0) results.measure(FIGURES.discarded, discarded.length);
    results.expect("no acknowledged write was lost", lost.length === 0, lost.length);
    results.expect("there were writes", acknowledged > 0, acknowledged);
  },
};
