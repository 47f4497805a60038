import type { ListenerAction, WeightedGroup } from "../terraform/plan/plan.ts";

type Forward = Extract<ListenerAction, { type: "forward" }>;

/** Shares out requests between the target groups of an action by their weights, evenly over time. */
export class WeightedGroups {
  /** How much each group is behind its share, by action. */
  readonly #behind = new WeakMap<Forward, Map<WeightedGroup, number>>();

  /** The group of the next request. If all weights are 0 there is none. */
  next(action: Forward): string | undefined {
    const { weights, targetGroup } = action;
    if (!weights) return targetGroup;
    const behind = this.#behind.get(action) ?? new Map<WeightedGroup, number>();
    this.#behind.set(action, behind);
    const total = weights.reduce((sum, { weight }) => sum + weight, 0);
    for (const each of weights) behind.set(each, (behind.get(each) ?? 0) + each.weight);
    const [chosen] = weights
      .filter(({ weight }) => weight > 0)
      .toSorted((one, other) => (behind.get(other) ?? 0) - (behind.get(one) ?? 0));
    if (chosen) behind.set(chosen, (behind.get(chosen) ?? 0) - total);
    return chosen?.targetGroup;
  }
}
