import path from "node:path";
import type { MountPlan } from "../terraform/plan/plan.ts";

/** The folders of a run for containers' files, logs and volumes. */
export class Folders {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The folder of a container. */
  container(taskId: string, container: string): string {
    return path.join(this.#root, "tasks", taskId, container);
  }

  task(taskId: string): string {
    return path.join(this.#root, "tasks", taskId);
  }

  /** The table of the data that a container has synced. */
  syncs(taskId: string, container: string): string {
    return path.join(this.#root, "tasks", taskId, `${container}.syncs`);
  }

  log(taskId: string, container: string): string {
    return path.join(this.#root, "logs", `${taskId}-${container}.log`);
  }

  /** The folder of a mount: one for each EFS directory, shared by all hosts, or the task's own. */
  mount(
    taskId: string,
    { directory, ephemeral }: Pick<MountPlan, "directory" | "ephemeral">,
  ): string {
    const name = path.join("/", directory);
    return ephemeral
      ? path.join(this.#root, "tasks", taskId, "volumes", name)
      : path.join(this.#root, "efs", name);
  }
}
