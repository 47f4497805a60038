import type { Clock } from "../base/clock.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";

/** Remembers targets that failed recently. They are dialed last for a while, but never left out. */
export class Cooldown {
  readonly #duration: number;
  readonly #clock: Clock;
  readonly #failedUntil = new Map<string, number>();

  /** @param duration ms */
  constructor(duration: number, clock: Clock) {
    this.#duration = duration;
    this.#clock = clock;
  }

  failed(endpoint: { host: string; port: number }): void {
    // Stryker disable next-line ConditionalExpression: what has expired counts as not failed, kept or not
    if (this.#duration === 0) return;
    this.#forgetExpired();
    this.#failedUntil.set(targetKey(endpoint), this.#clock.now() + this.#duration);
  }

  /** @returns whether it had failed recently */
  succeeded(endpoint: { host: string; port: number }): boolean {
    // Stryker disable next-line ConditionalExpression,EqualityOperator: a shortcut
    return this.#failedUntil.size > 0 && this.#failedUntil.delete(targetKey(endpoint));
  }

  has(endpoint: { host: string; port: number }): boolean {
    if (this.#failedUntil.size === 0) return false;
    return (this.#failedUntil.get(targetKey(endpoint)) ?? 0) > this.#clock.now();
  }

  /** The targets, with those that failed recently moved to the end. Otherwise the order does not change. */
  failedLast(targets: readonly SrvTarget[]): readonly SrvTarget[] {
    if (this.#failedUntil.size === 0 || targets.length < 2) return targets;
    return [
      ...targets.filter((target) => !this.has(target)),
      ...targets.filter((target) => this.has(target)),
    ];
  }

  /** Dynamic ports are not reused: without this, the map would grow each time a service moves. */
  // Stryker disable next-line BlockStatement: it only saves memory
  #forgetExpired(): void {
    const now = this.#clock.now();
    for (const [key, until] of this.#failedUntil) {
      if (until <= now) this.#failedUntil.delete(key);
    }
  }
}
