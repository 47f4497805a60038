import { LONGEST_TIMEOUT } from "../base/arguments.ts";
import type { Condition } from "../base/condition.ts";
import { linkedName } from "../terraform/plan/container-checks.ts";
import type { ContainerPlan } from "../terraform/plan/plan.ts";
import type { Container } from "./container.ts";

/** The fields that decide the order of containers. */
export type OrderedContainer = Pick<
  Container,
  "plan" | "status" | "health" | "exitCode" | "startedAt" | "start" | "giveUp" | "stop"
>;

type Dependency = ContainerPlan["dependsOn"][number];

/**
 * Starts a task's containers, each after its dependencies meet their conditions. A container whose conditions cannot be
 * met any more is given up.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
 * @param changed notified when a container changes
 */
export async function startContainers(
  containers: readonly OrderedContainer[],
  changed: Condition,
  signal: AbortSignal,
): Promise<void> {
  const timers: NodeJS.Timeout[] = [];
  const startOne = async (container: OrderedContainer): Promise<void> => {
    while (!signal.aborted) {
      const step = nextStep(container, containers, performance.now());
      if (step instanceof Error) return container.giveUp(step);
      if (step === "start") {
        await container.start();
        const { startTimeout = 0 } = container.plan;
        // Those that wait for it look again. A timer may end up to a millisecond too early.
        const late = startTimeout * 1000 + 10;
        if (startTimeout > 0) timers.push(setTimeout(() => changed.notify(), late).unref());
        return;
      }
      // The agent waits without a limit, too.
      const isDecided = (): boolean =>
        nextStep(container, containers, performance.now()) !== "wait";
      await changed.until(isDecided, LONGEST_TIMEOUT, signal);
    }
  };
  try {
    await Promise.all(containers.map(startOne));
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** The agent also starts a linked container first, and one that gives its volumes. */
function dependenciesOf({ plan }: OrderedContainer): Dependency[] {
  const linked = plan.links.map((link): Dependency => {
    return { containerName: linkedName(link), condition: "START" };
  });
  const sources = plan.volumesFrom.map(({ sourceContainer }): Dependency => {
    return { containerName: sourceContainer, condition: "START" };
  });
  return [...plan.dependsOn, ...linked, ...sources];
}

/**
 * Whether a container may start now or must wait. An error in the agent's words if it can never start.
 * https://github.com/aws/amazon-ecs-agent/blob/master/agent/engine/dependencygraph/graph.go
 */
function nextStep(
  container: OrderedContainer,
  containers: readonly OrderedContainer[],
  now: number,
): "start" | "wait" | Error {
  let step: "start" | "wait" = "start";
  for (const { containerName, condition } of dependenciesOf(container)) {
    const other = containers.find(({ plan }) => plan.name === containerName);
    if (!other) continue;
    const why = whyNever(container, other, condition, now);
    if (why) return why;
    if (!isMet(other, condition)) step = "wait";
  }
  return step;
}

function isMet(
  { status, exitCode, health }: OrderedContainer,
  condition: Dependency["condition"],
): boolean {
  const stopped = status === "STOPPED";
  switch (condition) {
    case "START":
      return status !== "PENDING";
    case "COMPLETE":
      return stopped && exitCode !== undefined;
    case "SUCCESS":
      return stopped && exitCode === 0;
    case "HEALTHY":
      return !stopped && health === "HEALTHY";
    default:
      return condition satisfies never;
  }
}

const error = (text: string): Error => new Error(`dependency graph: ${text}`);

/** Why a condition can never be met. A failed health check is not final: a later one may pass. */
function whyNever(
  target: OrderedContainer,
  { plan: { name, startTimeout = 0 }, status, exitCode, startedAt }: OrderedContainer,
  condition: Dependency["condition"],
  now: number,
): Error | undefined {
  const pair = `container ordering dependency [${name}] for target [${target.plan.name}]`;
  if (status === "STOPPED") {
    if (startedAt === undefined) {
      return error(`failed to resolve ${pair} because dependency will never start`);
    }
    if (condition !== "SUCCESS" || exitCode === 0) return undefined;
    return error(`failed to resolve ${pair} as dependency did not exit successfully`);
  }
  // As in the agent, the time counts even if the condition was met and another one was not.
  const isLimited = condition !== "START" && startTimeout > 0 && startedAt !== undefined;
  const isLate = isLimited && now > startedAt + startTimeout * 1000;
  return isLate ? error(`${pair} has timed out`) : undefined;
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
