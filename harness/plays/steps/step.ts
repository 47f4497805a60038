import type { Stage } from "../stage/stage.ts";

/** One chapter of a scenario. */
export interface Step {
  readonly title: string;
  readonly play: (stage: Stage) => Promise<void>;
}
