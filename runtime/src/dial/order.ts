import type { Clock } from "../base/clock.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";

/** The chance that a target with weight 0 is drawn before those with a weight. */
const CHANCE_OF_WEIGHT_0 = 0.01;

/** Head start in ms of a target that failed recently: others need not wait long for it (RFC 8305, section 5). */
export const SHORT_HEAD_START = 100;

/**
 * Puts targets into the order to dial them (RFC 2782, "Usage rules"): lowest priority value first; within one priority,
 * drawn by weight without replacement. Equal weights, including 0, have equal chances whatever the server's order.
 *
 * In each draw, a target has the chance weight / sum. The algorithm of the RFC, with a random number from 0 to the sum
 * inclusive, would give the weights 1 and 9 the chances 2/11 and 9/11 instead. If others have a weight, targets with
 * weight 0 share "a very small chance": one draw in a hundred.
 * @param random numbers in [0, 1)
 * @returns a new list with the same targets
 * @throws none
 * @see https://www.rfc-editor.org/rfc/rfc2782
 * @example
 * import { orderTargets } from "srv-dialer";
 *
 * const target = { host: "a.example.com", port: 6379, weight: 1, ttl: 10 };
 * const ordered = orderTargets([{ ...target, priority: 2 }, { ...target, priority: 1 }]);
 * console.log(ordered.map(({ priority }) => priority)); // [ 1, 2 ]
 */
export function orderTargets(
  targets: readonly SrvTarget[],
  random: () => number = Math.random,
): SrvTarget[] {
  // Stryker disable next-line ConditionalExpression: a shortcut, the rest gives the same list
  if (targets.length < 2) return [...targets];
  const priorities = new Map<number, SrvTarget[]>();
  for (const target of targets) {
    const group = priorities.get(target.priority);
    if (group === undefined) priorities.set(target.priority, [target]);
    else group.push(target);
  }
  return [...priorities]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, group]) => drawByWeight(group, random));
}

function drawByWeight(group: readonly SrvTarget[], random: () => number): SrvTarget[] {
  const shuffled = shuffleByWeight(group, random);
  const weighted = shuffled.filter(({ weight }) => weight > 0);
  const weightless = shuffled.filter(({ weight }) => weight === 0);
  const drawn: SrvTarget[] = [];
  for (const target of weighted) {
    while (weightless.length > 0 && random() < CHANCE_OF_WEIGHT_0)
      drawn.push(...weightless.splice(0, 1));
    drawn.push(target);
  }
  return drawn.concat(weightless);
}

/**
 * The same as drawing one by one, each with the chance weight / sum, but in one sort: by a random number with an
 * exponential distribution of the rate `weight` (Efraimidis and Spirakis, https://doi.org/10.1016/j.ipl.2005.11.003).
 */
function shuffleByWeight(targets: readonly SrvTarget[], random: () => number): SrvTarget[] {
  return targets
    .map((target) => ({ target, key: -Math.log(1 - random()) / (target.weight || 1) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ target }) => target);
}

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
    const key = targetKey(endpoint);
    // The map stays in the order of the ends.
    this.#failedUntil.delete(key);
    this.#failedUntil.set(key, this.#clock.now() + this.#duration);
    this.#forgetExpired();
  }

  succeeded(endpoint: { host: string; port: number }): void {
    // Stryker disable next-line ConditionalExpression,EqualityOperator: a shortcut
    if (this.#failedUntil.size > 0) this.#failedUntil.delete(targetKey(endpoint));
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
      if (until > now) return;
      this.#failedUntil.delete(key);
    }
  }
}
