import type { SrvTarget } from "../base/types.ts";

/** The chance that a target with weight 0 is drawn before those with a weight. */
const CHANCE_OF_WEIGHT_0 = 0.01;

/**
 * Puts targets into the order to dial them (RFC 2782, "Usage rules"): lowest priority value first;
 * within one priority, drawn by weight without replacement. Pure except for `random`.
 *
 * In each draw, a target has the chance weight / sum. The algorithm of the RFC, with a random number
 * from 0 to the sum inclusive, would give the weights 1 and 9 the chances 2/11 and 9/11 instead. If
 * others have a weight, targets with weight 0 share "a very small chance": one draw in a hundred.
 *
 * The targets are shuffled before the draw, so that targets with equal weights, including 0, have
 * equal chances regardless of the server's order.
 *
 * @param random numbers in [0, 1)
 * @returns a new list with the same targets
 * @throws none
 * @see https://www.rfc-editor.org/rfc/rfc2782
 * @example
 * import { orderTargets } from "srv-dialer";
 *
 * const target = { host: "a.example.com", port: 6379, weight: 1, ttl: 10 };
 * const ordered = orderTargets([
 *   { ...target, priority: 2 },
 *   { ...target, priority: 1 },
 * ]);
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
    .flatMap(([, group]) => drawByWeight(shuffle(group, random), random));
}

function drawByWeight(group: readonly SrvTarget[], random: () => number): SrvTarget[] {
  const weightless = group.filter(({ weight }) => weight === 0);
  const weighted = group.filter(({ weight }) => weight !== 0);
  const drawn: SrvTarget[] = [];
  while (weighted.length > 0) {
    const isOfWeight0 = weightless.length > 0 && random() < CHANCE_OF_WEIGHT_0;
    // The targets with weight 0 are already in random order.
    const target = isOfWeight0 ? weightless.shift() : takeByWeight(weighted, random);
    // Stryker disable next-line ConditionalExpression: a list that is not empty gives an item
    if (target !== undefined) drawn.push(target);
  }
  return drawn.concat(weightless);
}

/** Removes one target at random: each has the chance weight / sum. */
function takeByWeight(targets: SrvTarget[], random: () => number): SrvTarget | undefined {
  const sum = targets.reduce((total, { weight }) => total + weight, 0);
  let left = random() * sum;
  // At the latest, the last target is taken, even if rounding or `random` gives a number of 1.
  const index = targets.findIndex(({ weight }) => (left -= weight) < 0);
  return targets.splice(index, 1)[0];
}

/** Fisher–Yates, in place. */
function shuffle<T>(items: T[], random: () => number): T[] {
  // Stryker disable next-line EqualityOperator: the first item would change places with itself
  for (let last = items.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    const item = items[pick] as T;
    items[pick] = items[last] as T;
    items[last] = item;
  }
  return items;
}
