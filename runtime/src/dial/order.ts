import type { SrvTarget } from "../base/types.ts";

/**
 * Targets in the order to dial them (RFC 2782, "Usage rules"): lowest priority value first; within
 * one priority drawn by weight, without replacement. Pure except for `random`.
 *
 * The targets are shuffled before the draw, so that equal weights, all-zero ones included, share
 * equally whatever order the server used.
 *
 * @param random numbers in [0, 1)
 */
export function orderTargets(
  targets: readonly SrvTarget[],
  random: () => number = Math.random,
): SrvTarget[] {
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

/** The running-sum draw of RFC 2782, repeated until none is left. */
function drawByWeight(group: SrvTarget[], random: () => number): SrvTarget[] {
  // "all those with weight 0 are placed at the beginning of the list": a small chance remains theirs.
  const remaining = [
    ...group.filter(({ weight }) => weight === 0),
    ...group.filter(({ weight }) => weight !== 0),
  ];
  let sum = remaining.reduce((total, { weight }) => total + weight, 0);
  const drawn: SrvTarget[] = [];
  // Once only weight 0 is left, the shuffled order stands.
  while (sum > 0) {
    const draw = Math.floor(random() * (sum + 1));
    let running = 0;
    const index = remaining.findIndex(({ weight }) => (running += weight) >= draw);
    const [target] = remaining.splice(index, 1);
    if (target === undefined) break;
    drawn.push(target);
    sum -= target.weight;
  }
  return drawn.concat(remaining);
}

/** Fisher–Yates, in place. */
function shuffle<T>(items: T[], random: () => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    const item = items[pick] as T;
    items[pick] = items[last] as T;
    items[last] = item;
  }
  return items;
}
