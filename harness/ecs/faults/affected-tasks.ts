import type { EcsEventOf, EcsEvents } from "../base/events.ts";
import type { Services } from "../services/services.ts";
import { settle } from "../base/settle.ts";
import type { Task } from "../tasks/task.ts";

/** How a fault of a task begins and ends. */
export interface TaskFault {
  readonly begin: (task: Task) => Promise<void>;
  readonly end: (task: Task) => Promise<void>;
}

/**
 * The tasks that a fault affects: existing ones, and those that a service starts while it is active. When it
 * ends, it ends for all of them, even for stopped tasks and tasks of removed services.
 */
export class AffectedTasks {
  readonly #fault: TaskFault;
  readonly #events: EcsEvents;
  readonly #tasks = new Set<Task>();
  #onTask: ((event: EcsEventOf<"task">) => void) | undefined;
  readonly #followed: Promise<void>[] = [];
  #ended = false;

  constructor(fault: TaskFault, events: EcsEvents) {
    this.#fault = fault;
    this.#events = events;
  }

  /** Begins the fault for tasks that have not stopped. */
  async add(tasks: readonly Task[]): Promise<void> {
    if (this.#ended) return;
    const live = tasks.filter(({ status }) => status !== "STOPPED");
    for (const task of live) this.#tasks.add(task);
    await settle(live.map((task) => this.#fault.begin(task)));
  }

  /** Begins the fault for each task that the service starts, before its containers start. */
  follow(service: string, services: Services): void {
    if (this.#ended) return;
    this.#onTask = (event) => {
      if (event.service !== service || event.to !== "PENDING") return;
      const added = this.add([services.task(event.taskId)]);
      this.#followed.push(added);
      // `end` throws the error.
      added.catch(() => {});
    };
    this.#events.on("task", this.#onTask);
  }

  /** @throws the first error from beginning or ending the fault for a task */
  async end(): Promise<void> {
    this.#ended = true;
    if (this.#onTask) this.#events.off("task", this.#onTask);
    await settle([...this.#followed, ...[...this.#tasks].map((task) => this.#fault.end(task))]);
  }
}
