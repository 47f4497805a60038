import type { Task } from "../tasks/task.ts";
import type { RegionAndAccount } from "../terraform/types/aws-names.ts";

/** What the agent tells tasks about their run. */
export interface AgentRun extends RegionAndAccount {
  /** The cluster's name. */
  readonly cluster: string;
  readonly task: (id: string) => Task | undefined;
}
