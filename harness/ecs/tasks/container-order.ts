import type { Condition } from "../base/condition.ts";
import { linkedName } from "../terraform/plan/container-checks.ts";
import type { ContainerPlan } from "../terraform/plan/plan.ts";
import type { Container } from "./container.ts";

/** Seconds: the agent's ECS_CONTAINER_START_TIMEOUT, used if a container has no startTimeout. */
const DEFAULT_START_TIMEOUT = 180;

/** The fields that decide the order of containers. */
export type OrderedContainer = Pick<
  Container,
  "plan" | "status" | "health" | "exitCode" | "start" | "stop"
>;

type Dependency = ContainerPlan["dependsOn"][number];

/**
 * Starts a task's containers, each after its dependencies meet their conditions.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 * @param changed notified when a container changes
 * @throws if a condition can no longer be met, or is not met within `startTimeout`
 */
export async function startContainers(
  containers: readonly OrderedContainer[],
  changed: Condition,
  signal: AbortSignal,
): Promise<void> {
  const startOne = async (container: OrderedContainer): Promise<void> => {
    for (const dependency of dependenciesOf(container)) {
      await dependencyOf(container, dependency, containers, changed, signal);
    }
    if (!signal.aborted) await container.start();
  };
  await Promise.all(containers.map(startOne));
}

/** A link is a dependency too: the agent starts the linked container first. */
function dependenciesOf({ plan }: OrderedContainer): Dependency[] {
  const linked = plan.links.map((link): Dependency => {
    return { containerName: linkedName(link), condition: "START" };
  });
  return [...plan.dependsOn, ...linked];
}

async function dependencyOf(
  { plan: { name } }: OrderedContainer,
  { containerName, condition }: Dependency,
  containers: readonly OrderedContainer[],
  changed: Condition,
  signal: AbortSignal,
): Promise<void> {
  const other = containers.find(({ plan }) => plan.name === containerName);
  if (!other) return;
  const timeout = (other.plan.startTimeout ?? DEFAULT_START_TIMEOUT) * 1000;
  const isDecided = (): boolean => isMet(other, condition) || isLost(other, condition);
  await changed.until(isDecided, timeout, signal);
  if (signal.aborted || isMet(other, condition)) return;
  const how = isLost(other, condition) ? "can no longer be" : `was not within ${timeout} ms`;
  throw new Error(`"${name}" needs "${containerName}" to be ${condition}, which it ${how}`);
}

function isMet(container: OrderedContainer, condition: Dependency["condition"]): boolean {
  const stopped = container.status === "STOPPED";
  switch (condition) {
    case "START":
      return container.status !== "PENDING";
    case "COMPLETE":
      return stopped;
    case "SUCCESS":
      return stopped && container.exitCode === 0;
    case "HEALTHY":
      return !stopped && container.health === "HEALTHY";
    default:
      return condition satisfies never;
  }
}

function isLost(container: OrderedContainer, condition: Dependency["condition"]): boolean {
  const stopped = container.status === "STOPPED";
  if (condition === "SUCCESS") return stopped && container.exitCode !== 0;
  if (condition === "HEALTHY") return stopped || container.health === "UNHEALTHY";
  return false;
}

/** Stops a task's containers, each after the containers that depend on it. */
export async function stopContainers(containers: readonly OrderedContainer[]): Promise<void> {
  const stops = new Map<OrderedContainer, Promise<void>>();
  const stopOne = (
    container: OrderedContainer,
    trail: readonly OrderedContainer[],
  ): Promise<void> => {
    const known = stops.get(container);
    if (known) return known;
    const dependents = containers.filter(
      (other) =>
        !trail.includes(other) &&
        dependenciesOf(other).some(({ containerName }) => containerName === container.plan.name),
    );
    const stop = Promise.all(dependents.map((each) => stopOne(each, [...trail, container]))).then(
      () => container.stop(),
    );
    stops.set(container, stop);
    return stop;
  };
  await Promise.all(containers.map((container) => stopOne(container, [container])));
}
