import { type EcsEvent, now } from "../../ecs/index.ts";
import { isServed } from "../../plays/stage/load.ts";
import type { Stage } from "../../plays/stage/stage.ts";

/** The counts since users arrived. */
export interface Totals {
  readonly served: number;
  readonly failed: number;
  readonly redisStarts: number;
  readonly appStarts: number;
}

/** Milliseconds for which requests are kept. */
const MEMORY = 10 * 60_000;

type Counted = Pick<Stage, "requests" | "forget" | "containers"> & {
  readonly setup: Pick<Stage["setup"], "services">;
};

/** Counts requests and starts, so that old requests can be deleted. */
export class Counter {
  readonly #stage: Counted;
  #served = 0;
  #failed = 0;
  #redisStarts = 0;
  #appStarts = 0;
  /** The number of kept requests that have been counted. */
  #counted = 0;

  constructor(stage: Counted) {
    this.#stage = stage;
  }

  get totals(): Totals {
    this.#count();
    const [redisStarts, appStarts] = [this.#redisStarts, this.#appStarts];
    return { served: this.#served, failed: this.#failed, redisStarts, appStarts };
  }

  hear(event: EcsEvent): void {
    if (event.type !== "container" || event.status !== "RUNNING") return;
    const { containers, setup } = this.#stage;
    const is = (role: "app" | "redis"): boolean =>
      event.container === containers[role] && event.service === setup.services[role];
    if (is("redis")) this.#redisStarts += 1;
    if (is("app")) this.#appStarts += 1;
  }

  /** Resets the starts, when users arrive. */
  forgetStarts(): void {
    this.#redisStarts = 0;
    this.#appStarts = 0;
  }

  /** Deletes old requests, which have been counted. */
  forgetRequests(time: number = now()): void {
    this.#count();
    this.#counted -= this.#stage.forget(time - MEMORY);
  }

  #count(): void {
    const ended = this.#stage.requests.slice(this.#counted);
    const served = ended.filter(isServed).length;
    this.#served += served;
    this.#failed += ended.length - served;
    this.#counted += ended.length;
  }
}
