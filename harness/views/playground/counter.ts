import { type EcsEvent, now } from "../../ecs/index.ts";
import { isServed } from "../../plays/stage/load.ts";
import type { Stage } from "../../plays/stage/stage.ts";

/** What has been counted since the users came. */
export interface Totals {
  readonly served: number;
  readonly failed: number;
  readonly redisStarts: number;
  readonly appStarts: number;
}

/** Milliseconds for which single requests are kept. */
const MEMORY = 10 * 60_000;

type Counted = Pick<Stage, "requests" | "forget" | "containers"> & {
  readonly setup: Pick<Stage["setup"], "services">;
};

/** Counts requests and starts, so that old requests need not be kept. */
export class Counter {
  readonly #stage: Counted;
  #served = 0;
  #failed = 0;
  #redisStarts = 0;
  #appStarts = 0;
  /** How many of the kept requests have been counted. */
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

  /** The starts until now do not count: users have come only now. */
  forgetStarts(): void {
    this.#redisStarts = 0;
    this.#appStarts = 0;
  }

  /** Keeps old requests no longer; they have been counted. */
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
