import type { Stage } from "../stage/stage.ts";

/** One chapter of a scenario. */
export interface Step {
  readonly title: string;
  /** It looks at what users of the guest book have written. @default false */
  readonly isAboutWrites?: true;
  readonly play: (stage: Stage) => Promise<void>;
}
