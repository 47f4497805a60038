import { randomBytes } from "node:crypto";
import type { DeploymentState } from "../state.ts";
import type { TaskRevision } from "../tasks/task.ts";

/** One rollout of a revision. */
export class Deployment {
  readonly id = `ecs-svc/${randomBytes(8).toString("hex")}`;
  readonly revision: TaskRevision;
  rollout: DeploymentState["rollout"] = "IN_PROGRESS";
  /** Tasks that ended before they ever served. */
  failedTasks = 0;

  constructor(revision: TaskRevision) {
    this.revision = revision;
  }
}
