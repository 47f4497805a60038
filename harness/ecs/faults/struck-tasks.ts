import type { EcsEventOf, EcsEvents } from "../base/events.ts";
import type { Services } from "../services/services.ts";
import { settle } from "../base/settle.ts";
import type { Task } from "../tasks/task.ts";

/** What a fault does to a task, and how that is undone. */
export interface TaskFault {
  readonly strike: (task: Task) => Promise<void>;
  readonly heal: (task: Task) => Promise<void>;
}

/**
 * What a fault has hit: tasks there were, and those of a service that started while it lasted. All of
 * them are healed in the end, also those that have stopped since, or whose service has gone.
 */
export class StruckTasks {
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

  /** Hits tasks; resolves when that shows. */
  async hit(tasks: readonly Task[]): Promise<void> {
    if (this.#ended) return;
    const live = tasks.filter(({ status }) => status !== "STOPPED");
    for (const task of live) this.#tasks.add(task);
    await settle(live.map((task) => this.#fault.strike(task)));
  }

  /** Hits what starts in a service, before any of its containers does. */
  follow(service: string, services: Services): void {
    if (this.#ended) return;
    this.#onTask = (event) => {
      if (event.service !== service || event.to !== "PENDING") return;
      const hit = this.hit([services.task(event.taskId)]);
      this.#followed.push(hit);
      // Told when the fault ends.
      hit.catch(() => {});
    };
    this.#events.on("task", this.#onTask);
  }

  /** @throws the first error of those that could not be hit or healed */
  async end(): Promise<void> {
    this.#ended = true;
    if (this.#onTask) this.#events.off("task", this.#onTask);
    await settle([...this.#followed, ...[...this.#tasks].map((task) => this.#fault.heal(task))]);
  }
}
