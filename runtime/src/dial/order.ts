import { isIPv6 } from "node:net";
import { targetKey } from "../base/name.ts";
import type { Clock } from "../base/time.ts";
import type { SrvTarget } from "../base/types.ts";
import type { Endpoint } from "./connection.ts";

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

/** IPv6 first, then alternating, so that a broken IP version costs only one head start (RFC 8305, section 4). */
export function interleave(addresses: readonly string[]): readonly string[] {
  // Stryker disable next-line ConditionalExpression: a shortcut, the rest gives the same
  if (addresses.length < 2) return addresses;
  const v6 = addresses.filter((address) => isIPv6(address));
  const v4 = addresses.filter((address) => !isIPv6(address));
  const longer = Math.max(v6.length, v4.length);
  return Array.from({ length: longer }, (_, index) => [v6[index], v4[index]])
    .flat()
    .filter((address) => address !== undefined);
}

/** How long in ms what failed is dialed last. */
const COOLDOWN = 5_000;

interface Failing {
  readonly host: string;
  /** Undefined if the host's addresses could not be found. */
  readonly address: string | undefined;
  readonly port: number;
}

/**
 * Remembers the addresses that failed recently, and their targets. They are dialed last for a while, but never left out,
 * and before those of a later priority.
 */
export class Cooldown {
  readonly #clock: Clock;
  /** In the order of their ends. */
  readonly #failed = new Map<string, { readonly until: number; readonly wasSilent: boolean }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param wasSilent it has not refused: it may be lost. @param winner a target that works at another address */
  failed({ host, address, port }: Failing, wasSilent: boolean, winner?: string): void {
    const target = targetKey({ host, port });
    const until = this.#clock.now() + COOLDOWN;
    for (const key of [address && endpointKey(address, port), target]) {
      if (key === undefined || key === winner) continue;
      this.#failed.delete(key);
      this.#failed.set(key, { until, wasSilent });
    }
    // Dynamic ports are not reused: the map would grow each time a service moves.
    for (const [key, each] of this.#failed) {
      if (each.until > this.#clock.now()) return;
      this.#failed.delete(key);
    }
  }

  succeeded({ host, address, port }: Endpoint): void {
    // Stryker disable next-line ConditionalExpression,EqualityOperator: a shortcut
    if (this.#failed.size === 0) return;
    this.#failed.delete(endpointKey(address, port));
    this.#failed.delete(targetKey({ host, port }));
  }

  has(target: Pick<SrvTarget, "host" | "port">): boolean {
    return this.#failed.size > 0 && this.#isFailed(targetKey(target));
  }

  wasSilent(target: Pick<SrvTarget, "host" | "port">): boolean {
    return this.has(target) && this.#failed.get(targetKey(target))?.wasSilent === true;
  }

  /** The targets, in each priority with those that failed recently last. Otherwise the order does not change. */
  failedLast(targets: readonly SrvTarget[]): readonly SrvTarget[] {
    if (this.#failed.size === 0 || targets.length < 2) return targets;
    const failed = new Set(targets.filter((target) => this.has(target)));
    const last = (target: SrvTarget): number => Number(failed.has(target));
    return targets.toSorted((a, b) => a.priority - b.priority || last(a) - last(b));
  }

  /** The addresses of a target in the order to dial them. */
  inOrder(addresses: readonly string[], port: number): readonly string[] {
    const ordered = interleave(addresses);
    if (this.#failed.size === 0 || ordered.length < 2) return ordered;
    const isFailed = (address: string): boolean => this.#isFailed(endpointKey(address, port));
    return [...ordered.filter((each) => !isFailed(each)), ...ordered.filter(isFailed)];
  }

  #isFailed(key: string): boolean {
    return (this.#failed.get(key)?.until ?? 0) > this.#clock.now();
  }
}

/** Differs from the key of every target. */
const endpointKey = (address: string, port: number): string => `${address} ${port}`;
