import type { HostState, ServiceState, TaskState } from "../../../ecs/index.ts";
import { UsageError } from "../../../../command-line/options.ts";

/** What there is in a run, to be named. */
export interface Inventory {
  readonly services: readonly ServiceState[];
  readonly hosts: readonly HostState[];
}

/** What a typed word names. */
export interface Target {
  readonly service: string;
  /** Its tasks; all of a service's, or one. */
  readonly tasks: readonly TaskState[];
  readonly container: string | undefined;
  /** Whether one task is meant. */
  readonly isTask: boolean;
}

/** Digits of a task's id that are enough to name it: as many as lines of the output show. */
const ENOUGH = 6;

/**
 * What is named: a service, a container, both as `SERVICE/CONTAINER`, or a task by the beginning of its id, alone or
 * as `ID/CONTAINER`.
 * @throws UsageError naming what there is
 */
export function targetOf(name: string | undefined, { services }: Inventory): Target {
  const [first = "", second] = (name ?? "").split("/", 2);
  const found = services.flatMap((service) => namedIn(service, first, second));
  const [one, other] = found;
  if (one && !other) return one;
  if (one) {
    const names = found.map((each) => `${each.service}/${each.container ?? ""}`).join(", ");
    throw new UsageError(`"${name}" may be any of ${names}`);
  }
  const what = name === undefined ? "name a target" : `there is no "${name}"`;
  throw new UsageError(
    `${what}; allowed are a service, SERVICE/CONTAINER or a task's id: ${namesOf(services)}`,
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

/** Whether a container is in these tasks; no container is in all. */
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

/** The tasks or containers of a target, as faults name them. */
export function faultTargets({ service, tasks, container }: Target): string[] {
  const having = tasks.filter((task) => isIn([task], container));
  if (having.length === 0) throw new UsageError(`no task of ${service} runs now`);
  return having.map(({ id }) => (container === undefined ? id : `${id}/${container}`));
}

/** @throws UsageError naming the hosts */
export function hostOf(name: string | undefined, { hosts }: Inventory): string {
  if (name !== undefined && hosts.some(({ id }) => id === name)) return name;
  throw new UsageError(
    `${name === undefined ? "name a host" : `there is no host "${name}"`}; hosts are: ${hosts.map(({ id }) => id).join(", ")}`,
  );
}

/** @throws UsageError naming the services */
export function serviceOf(name: string | undefined, inventory: Inventory): string {
  const { service, tasks, isTask, container } = targetOf(name, inventory);
  const isAlone = tasks.every(({ containers }) => containers.length === 1);
  if (!isTask && (container === undefined || isAlone)) return service;
  const names = inventory.services.map((each) => each.name).join(", ");
  throw new UsageError(`"${name}" is no service; services are: ${names}`);
}
