import type { ServicePlan } from "../terraform/plan/plan.ts";
import type { Deployment } from "./deployment.ts";

/** Of the two target groups of a service: `alternate`, or the one that it is created with. */
type Side = "first" | "alternate";

/** Forwards the requests of a rule to a target group. */
export type Shift = (rule: string, targetGroup: string) => void;

/**
 * The blue/green deployments of a service: which target groups the tasks of each deployment register in, which of both
 * gets the requests, and how long the replaced tasks stay.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 */
export class BlueGreen {
  readonly #shift: Shift;
  /** The side of each deployment, by its id. */
  readonly #sides = new Map<string, Side>();
  /** The deployment whose tasks get the requests. */
  #live: string | undefined;
  /** The deployment whose tasks stay while {@link #live} bakes. */
  #replaced: string | undefined;
  #baking: NodeJS.Timeout | undefined;

  constructor(shift: Shift) {
    this.#shift = shift;
  }

  /** The plan of a service for the tasks of a deployment, with their target groups. */
  planFor(plan: ServicePlan, { id }: Pick<Deployment, "id">): ServicePlan {
    if (!plan.blueGreen) return plan;
    const targets = plan.targets.map((target) =>
      this.#sideOf(plan, id) === "alternate" && target.alternate
        ? { ...target, address: target.alternate.address }
        : target,
    );
    return { ...plan, targets };
  }

  /** The percentages of a service: all tasks of a new deployment start at once. */
  scaleOf(plan: ServicePlan): ServicePlan {
    return plan.blueGreen
      ? { ...plan, minimumHealthyPercent: 100, maximumPercent: Math.max(200, plan.maximumPercent) }
      : plan;
  }

  /** Whether the tasks of a replaced deployment are kept. */
  keeps(plan: ServicePlan, deployment: string, primary: string | undefined): boolean {
    if (!plan.blueGreen || deployment === primary) return false;
    return deployment === this.#live || deployment === this.#replaced;
  }

  /**
   * All tasks of the primary deployment are healthy: they get the requests. In a blue/green deployment those of the replaced one stay for the bake time.
   * @param onBaked called when they need not stay any longer
   * @returns whether requests have been shifted
   */
  promote(plan: ServicePlan, { id }: Pick<Deployment, "id">, onBaked: () => void): boolean {
    if (this.#live === id) return false;
    if (!plan.blueGreen) {
      // A later deployment may be blue/green.
      this.#live = id;
      this.#sides.set(id, "first");
      return false;
    }
    clearTimeout(this.#baking);
    // After a rollback the tasks of the failed deployment need not stay.
    const isBack = this.#replaced === id;
    this.#replaced = isBack ? undefined : this.#live;
    const isFirst = this.#live === undefined;
    this.#live = id;
    this.#forward(plan, id, "productionRule");
    if (this.#replaced !== undefined) {
      const end = (): void => {
        this.#replaced = undefined;
        onBaked();
      };
      this.#baking = setTimeout(end, plan.blueGreen.bakeTime * 1000).unref();
    }
    return !isFirst;
  }

  #sideOf(plan: ServicePlan, id: string): Side {
    const known = this.#sides.get(id);
    if (known) return known;
    const live = this.#live === undefined ? undefined : this.#sides.get(this.#live);
    this.#sides.set(id, live === "first" ? "alternate" : "first");
    this.#forward(plan, id, "testRule");
    return this.#sideOf(plan, id);
  }

  #forward(plan: ServicePlan, id: string, rule: "productionRule" | "testRule"): void {
    for (const target of this.planFor(plan, { id }).targets) {
      const address = target.alternate?.[rule];
      if (address !== undefined) this.#shift(address, target.address);
    }
  }
}
