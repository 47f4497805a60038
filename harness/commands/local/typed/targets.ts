import type { HostState, ServiceState, TaskState } from "../../../ecs/index.ts";
import { UsageError } from "../../../../command-line/options.ts";

export interface Inventory {
  readonly services: readonly ServiceState[];
  readonly hosts: readonly HostState[];
}

export interface Target {
  readonly service: string;
  /** All tasks of a service, or one. */
  readonly tasks: readonly TaskState[];
  readonly container: string | undefined;
  /** Whether the user named one task. */
  readonly isTask: boolean;
}

/** Minimum digits of a task's id. The output shows as many. */
const ENOUGH = 6;

/**
 * Finds a target by name: a service, a container, `SERVICE/CONTAINER`, the start of a task's id, or `ID/CONTAINER`.
 * @throws UsageError with the existing names
 */
export function targetOf(name: string | undefined, { services }: Inventory): Target {
  const [first = "", second] = (name ?? "").split("/", 2);
  const found = services.flatMap((service) => namedIn(service, first, second));
  const [one, other] = found;
  if (one && !other) return one;
  if (one) {
    const names = found.map((each) => `${each.service}/${each.container ?? ""}`).join(", ");
    throw new UsageError(`"${name}" is ambiguous: ${names}`);
  }
  const what = name === undefined ? "a target is missing" : `unknown target "${name}"`;
  throw new UsageError(
    `${what}; allowed: a service, SERVICE/CONTAINER or a task's id: ${namesOf(services)}`,
  );
}

function namedIn(service: ServiceState, first: string, second: string | undefined): Target[] {
  const live = service.tasks.filter(({ status }) => status !== "STOPPED");
  const whole = { service: service.name, tasks: live, container: second, isTask: false };
  if (service.name === first) return isIn(live, second) ? [whole] : [];
  const task = first.length >= ENOUGH && live.find(({ id }) => id.startsWith(first));
  if (task) return isIn([task], second) ? [{ ...whole, tasks: [task], isTask: true }] : [];
  return second === undefined && isIn(live, first) && first !== ""
    ? [{ ...whole, container: first }]
    : [];
}

/** Whether the tasks have the container. True without a container. */
const isIn = (tasks: readonly TaskState[], container: string | undefined): boolean =>
  container === undefined ||
  tasks.some(({ containers }) => containers.some(({ name }) => name === container));

function namesOf(services: readonly ServiceState[]): string {
  const names = services.flatMap(({ name, tasks }) => {
    const live = tasks.filter(({ status }) => status !== "STOPPED");
    const containers = live.flatMap((task) =>
      task.containers.map((each) => `${name}/${each.name}`),
    );
    return [name, ...new Set(containers), ...live.map(({ id }) => id.slice(0, ENOUGH))];
  });
  return names.join(", ") || "none";
}

/** The tasks or containers of a target, in the notation of faults. */
export function faultTargets({ service, tasks, container }: Target): string[] {
  const having = tasks.filter((task) => isIn([task], container));
  if (having.length === 0) throw new UsageError(`no task of ${service} is running`);
  return having.map(({ id }) => (container === undefined ? id : `${id}/${container}`));
}

/** @throws UsageError with the names of the hosts */
export function hostOf(name: string | undefined, { hosts }: Inventory): string {
  if (name !== undefined && hosts.some(({ id }) => id === name)) return name;
  throw new UsageError(
    `${name === undefined ? "a host is missing" : `unknown host "${name}"`}; allowed: ${hosts.map(({ id }) => id).join(", ")}`,
  );
}

/** @throws UsageError with the names of the services */
export function serviceOf(name: string | undefined, inventory: Inventory): string {
  const { service, tasks, isTask, container } = targetOf(name, inventory);
  const isAlone = tasks.every(({ containers }) => containers.length === 1);
  if (!isTask && (container === undefined || isAlone)) return service;
  const names = inventory.services.map((each) => each.name).join(", ");
  throw new UsageError(`"${name}" is not a service; allowed: ${names}`);
}
