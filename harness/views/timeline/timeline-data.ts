import type { EcsEvent } from "../../ecs/index.ts";
import type { RecordedFault, RecordedRequest, RecordedStep } from "../../plays/stage/recording.ts";

export interface TimelineData {
  readonly steps: readonly RecordedStep[];
  /** The word for a step. @default "step" */
  readonly stepName?: string;
  readonly events: readonly EcsEvent[];
  readonly requests: readonly RecordedRequest[];
  readonly faults: readonly RecordedFault[];
  /** The end of the data. */
  readonly until: number;
}
