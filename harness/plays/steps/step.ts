import type { Stage } from "../stage/stage.ts";

export interface Step {
  readonly title: string;
  /** Whether it checks the writes of guest book users. @default false */
  readonly isAboutWrites?: true;
  /** Whether the data of Redis must outlast its task. @default false */
  readonly needsData?: true;
  readonly play: (stage: Stage) => Promise<void>;
}
