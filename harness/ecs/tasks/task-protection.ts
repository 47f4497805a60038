import { now } from "../base/events.ts";

/** Protects a task from scale-in and deployments for a time. */
export class TaskProtection {
  readonly #onChange: () => void;
  #until: number | undefined;
  #end: NodeJS.Timeout | undefined;

  /** @param onChange called when it begins or ends */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** When it ends, in milliseconds since the epoch; undefined: the task is not protected. */
  get until(): number | undefined {
    return this.#until;
  }

  begin(minutes: number): void {
    clearTimeout(this.#end);
    const length = minutes * 60_000;
    this.#until = now() + length;
    this.#end = setTimeout(() => this.end(), length).unref();
    this.#onChange();
  }

  end(): void {
    clearTimeout(this.#end);
    this.#until = undefined;
    this.#onChange();
  }
}
