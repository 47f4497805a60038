import type { Task } from "./task.ts";

/** The task that clients find, and those that still run where clients no longer look. */
export class Tasks {
  current: Task;
  readonly #left: Task[] = [];

  constructor(first: Task) {
    this.current = first;
  }

  get hasLeft(): boolean {
    return this.#left.length > 0;
  }

  /** The current task stays as it is while another one takes its place. */
  leave(): void {
    this.#left.push(this.current);
  }

  async stopLeft(): Promise<void> {
    await Promise.all(this.#left.splice(0).map((task) => task.stop("SIGKILL")));
  }

  async stop(): Promise<void> {
    await Promise.all([this.stopLeft(), this.current.stop("SIGKILL")]);
  }

  /** Kills them without waiting, when this process exits. */
  kill(): void {
    for (const task of [...this.#left, this.current]) task.kill();
  }
}
