import type { EcsEvent } from "../../ecs/index.ts";
import type { RecordedFault, RecordedRequest, RecordedStep } from "../../plays/stage/recording.ts";

/** What a timeline is drawn from. */
export interface TimelineData {
  readonly steps: readonly RecordedStep[];
  /** What a step is called. @default "step" */
  readonly stepName?: string;
  readonly events: readonly EcsEvent[];
  readonly requests: readonly RecordedRequest[];
  readonly faults: readonly RecordedFault[];
  /** The end of what is known. */
  readonly until: number;
}
