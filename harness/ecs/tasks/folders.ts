import path from "node:path";
import type { MountPlan } from "../terraform/plan/plan.ts";

/**
 * The folders of a run for containers' files, logs and volumes. No container has a dot in its name, so what has one belongs to no
 * container.
 */
export class Folders {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** The folder of a container. */
  container(taskId: string, container: string): string {
    return path.join(this.root, "tasks", taskId, container);
  }

  /** The programs that a container's image brings. The container cannot change them, nor put a link in their place. */
  programs(taskId: string, container: string): string {
    return `${this.container(taskId, container)}.bin`;
  }

  /** The folder in place of a container's own /tmp. */
  temporary(taskId: string, container: string): string {
    return `${this.container(taskId, container)}.tmp`;
  }

  task(taskId: string): string {
    return path.join(this.root, "tasks", taskId);
  }

  log(taskId: string, container: string): string {
    return path.join(this.root, "logs", `${taskId}-${container}.log`);
  }

  /** The folder of a mount: one for each EFS directory, shared by all hosts, or the task's own. */
  mount(
    taskId: string,
    { directory, ephemeral }: Pick<MountPlan, "directory" | "ephemeral">,
  ): string {
    const name = path.join("/", directory);
    return ephemeral
      ? path.join(this.root, "tasks", taskId, "task.volumes", name)
      : path.join(this.root, "efs", name);
  }
}
