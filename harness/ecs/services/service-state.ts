import type { TargetGroup } from "../balancing/target-group.ts";
import type { DeploymentState, ServiceState, TargetState } from "../base/state.ts";
import type { Task } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan/plan.ts";
import type { Deployment } from "./deployment.ts";

/** The public state of a service. */
export function serviceState(
  { name, address: resource, desiredCount }: ServicePlan,
  stable: boolean,
  deployments: readonly Deployment[],
  live: readonly Task[],
  stopped: readonly Task[],
): ServiceState {
  return {
    name,
    resource,
    desiredCount,
    runningCount: live.filter(({ status }) => status === "RUNNING").length,
    stable,
    deployments: deployments.map((deployment, index): DeploymentState => {
      const tasks = live.filter(({ context }) => context.deploymentId === deployment.id);
      return {
        id: deployment.id,
        status: index === 0 ? "PRIMARY" : "ACTIVE",
        rollout: deployment.rollout,
        taskDefinition: deployment.revision.label,
        desiredCount: index === 0 ? desiredCount : 0,
        runningCount: tasks.filter(({ status }) => status === "RUNNING").length,
        pendingCount: tasks.filter(({ status }) => status === "PENDING").length,
        failedTasks: deployment.failedTasks,
      };
    }),
    tasks: [...live, ...stopped].map((task) => task.state()),
  };
}

/** The state of a task in each of its target groups. */
export function targetStatesOf(
  task: Task,
  { targets }: ServicePlan,
  targetGroups: ReadonlyMap<string, TargetGroup>,
): TargetState[] {
  return targets.flatMap((reference) => {
    const group = targetGroups.get(reference.address);
    const target = group?.targets.find(({ taskId }) => taskId === task.id);
    const binding = task.bindingOf(reference);
    if (group === undefined || target === undefined || binding === undefined) return [];
    const { service, taskId, state, failure } = target;
    const { containerPort, listenPort } = binding;
    const targetGroup = group.plan.name;
    return [{ targetGroup, service, taskId, state, failure, containerPort, listenPort }];
  });
}

/** One line about a service: how many of its tasks are healthy, and all notes except undefined ones. */
export function describeService(
  { name, desiredCount }: ServicePlan,
  healthy: number,
  notes: readonly (string | undefined)[],
): string {
  const has = `${name}: ${healthy} of ${desiredCount} tasks are healthy`;
  return [has, ...notes.filter((note) => note !== undefined)].join("; ");
}
