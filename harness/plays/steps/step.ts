import type { Stage } from "../stage/stage.ts";

export interface Step {
  readonly title: string;
  /** Whether it checks the writes of guest book users. @default false */
  readonly isAboutWrites?: true;
  readonly play: (stage: Stage) => Promise<void>;
}
