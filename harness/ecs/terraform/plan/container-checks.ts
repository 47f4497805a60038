import { HarnessError } from "../../base/errors.ts";
import type { ContainerPlan, TaskDefinitionPlan } from "./plan.ts";
import { checkUnique } from "./unique.ts";

/**
 * Refuses combinations of containers that RegisterTaskDefinition refuses, or that could never run.
 * @param where the argument with the containers, for the error
 * @throws HarnessError ERR_TEMPLATE with the container's name
 */
export function checkContainers(
  where: string,
  containers: readonly ContainerPlan[],
  { networkMode, memoryLimit }: Pick<TaskDefinitionPlan, "networkMode" | "memoryLimit">,
): void {
  checkUnique(containers, ({ name }) => [`${where}.name`, name]);
  checkUnique(
    containers.flatMap(({ portMappings }) => portMappings.filter(({ hostPort }) => hostPort > 0)),
    ({ hostPort }) => [`${where}.portMappings.hostPort`, hostPort],
  );
  if (!containers.some(({ essential }) => essential)) {
    throw new HarnessError("ERR_TEMPLATE", `${where}: at least one container must be essential`);
  }
  for (const container of containers) {
    checkMemory(where, container, memoryLimit);
    checkUlimits(where, container);
    checkDependencies(where, container, containers);
    checkLinks(where, container, containers, networkMode);
    checkCycle(where, container, containers, []);
    checkNames(where, container, networkMode);
  }
  const total = containers.reduce(
    (sum, each) => sum + (each.memoryReservation ?? each.memory ?? 0),
    0,
  );
  if (memoryLimit === undefined || total <= memoryLimit) return;
  const message = `${where}: the containers reserve ${total} MiB together; the task has memory ${memoryLimit}`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
function checkMemory(
  where: string,
  { name, memory, memoryReservation }: ContainerPlan,
  ofTask: number | undefined,
): void {
  if (memory !== undefined && ofTask !== undefined && memory > ofTask) {
    const message = `${where}: "${name}" has memory ${memory}; it must be at most its task's memory ${ofTask}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  if (memory === undefined || memoryReservation === undefined) return;
  if (memory >= memoryReservation) return;
  const message = `${where}: "${name}" has memory ${memory}; it must be at least its memoryReservation ${memoryReservation}`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
function checkDependencies(
  where: string,
  { name, dependsOn }: ContainerPlan,
  containers: readonly ContainerPlan[],
): void {
  for (const { containerName, condition } of dependsOn) {
    const other = containers.find((container) => container.name === containerName);
    const wrong =
      !other || containerName === name
        ? "is not another container of the task"
        : condition === "HEALTHY" && !other.healthCheck
          ? "has no health check, so it never becomes HEALTHY"
          : (condition === "COMPLETE" || condition === "SUCCESS") && other.essential
            ? `is essential: when it exits, the task ends, so ${condition} is not allowed`
            : undefined;
    if (wrong === undefined) continue;
    const message = `${where}: "${name}" depends on "${containerName}", which ${wrong}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
}

function checkLinks(
  where: string,
  { name, links }: ContainerPlan,
  containers: readonly ContainerPlan[],
  networkMode: TaskDefinitionPlan["networkMode"],
): void {
  for (const link of links) {
    const linked = linkedName(link);
    if (networkMode !== "bridge") {
      const message = `${where}: "${name}" links to "${linked}", which only bridge mode allows`;
      throw new HarnessError("ERR_TEMPLATE", message);
    }
    if (linked !== name && containers.some((other) => other.name === linked)) continue;
    const message = `${where}: "${name}" links to "${linked}", which is not another container of the task`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html */
function checkUlimits(where: string, { name, ulimits }: ContainerPlan): void {
  for (const { name: limit, softLimit, hardLimit } of ulimits) {
    const isAbove = hardLimit !== -1 && (softLimit === -1 || softLimit > hardLimit);
    if (!isAbove) continue;
    const message = `${where}: "${name}" has the softLimit ${softLimit} of ${limit}; it must be at most the hardLimit ${hardLimit}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
function checkNames(
  where: string,
  { name, extraHosts, hostname }: ContainerPlan,
  networkMode: TaskDefinitionPlan["networkMode"],
): void {
  if (networkMode !== "awsvpc") return;
  const given = [
    ...(extraHosts.length > 0 ? ["extraHosts"] : []),
    ...(hostname ? ["hostname"] : []),
  ];
  if (given.length === 0) return;
  const message = `${where}: "${name}" has ${given.join(" and ")}, which awsvpc mode does not allow`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** The name of a linked container: `container` or `container:alias`. */
export const linkedName = (link: string): string => link.split(":")[0] ?? link;

/** Containers start after those that they depend on or link to, so these must not form a cycle. */
function checkCycle(
  where: string,
  { name, dependsOn, links }: ContainerPlan,
  containers: readonly ContainerPlan[],
  trail: readonly string[],
): void {
  if (trail.includes(name)) {
    const cycle = [...trail, name].join(" -> ");
    throw new HarnessError("ERR_TEMPLATE", `${where}: ${cycle}: dependsOn has a cycle`);
  }
  const earlier = [
    ...dependsOn.map(({ containerName }) => containerName),
    ...links.map((link) => linkedName(link)),
  ];
  for (const other of containers) {
    if (earlier.includes(other.name)) checkCycle(where, other, containers, [...trail, name]);
  }
}
