// The room for tasks on hosts, and whether tasks fit.

import type { EnvironmentFields } from "../environment-schema.ts";
import { ensureDefined } from "../ensure-defined.ts";
import { type InstanceSize, sizeOf } from "../offers/offers.ts";

/** The resources that a task needs, or that a host has for tasks. */
export interface Room {
  /** MiB. */
  readonly memory: number;
  /** CPU units, 1024 per core. */
  readonly cpu: number;
  /** Network interfaces, one for each task in awsvpc mode. */
  readonly interfaces: number;
}

export type CreatedCluster = Extract<EnvironmentFields["cluster"], { instanceType: string }>;

/**
 * Share of a host's memory that the platform and the kernel use, so that the agent does not register it. AWS
 * publishes no table. This is Karpenter's default (VM_MEMORY_OVERHEAD_PERCENT,
 * https://karpenter.sh/docs/reference/settings/). A t3.small has about 1910 of its 2048 MiB.
 */
export const memoryOverhead = 0.075;

/** Memory for tasks on a host, in MiB: what the agent registers, minus the memory reserved for the host. */
export function memoryForTasks({ memory }: Pick<InstanceSize, "memory">, reserved: number): number {
  return Math.max(0, Math.floor(memory * (1 - memoryOverhead)) - reserved);
}

/** The size of the hosts' instance type, from the environment or from AWS's tables. */
export function sizeOfHosts({ instanceType, size }: CreatedCluster): InstanceSize {
  return ensureDefined(size ?? sizeOf(instanceType), `size of ${instanceType}`);
}

/** The room for tasks on one host. The host itself needs one of the network interfaces. */
export function roomOfHost(cluster: CreatedCluster): Room {
  const size = sizeOfHosts(cluster);
  // `typeFindings` reports a type without trunking.
  const isTrunked = cluster.eniTrunking && size.branchInterfaces > 0;
  return {
    memory: memoryForTasks(size, cluster.reservedMemory),
    cpu: size.vcpus * 1024,
    interfaces: isTrunked ? size.branchInterfaces : size.interfaces - 1,
  };
}

const resources = ["memory", "cpu", "interfaces"] as const;

function fits(task: Room, free: Room): boolean {
  return resources.every((each) => task[each] <= free[each]);
}

function less(free: Room, task: Room): Room {
  const [memory, cpu, interfaces] = resources.map((each) => free[each] - task[each]);
  return { memory: memory ?? 0, cpu: cpu ?? 0, interfaces: interfaces ?? 0 };
}

/** Whether hosts have room for all tasks, by first-fit with the largest tasks first. */
export function fitOn(hosts: number, host: Room, tasks: readonly Room[]): boolean {
  const free = Array.from({ length: hosts }, () => host);
  return tasks
    .toSorted((one, other) => other.memory - one.memory || other.cpu - one.cpu)
    .every((task) => {
      const place = free.findIndex((each) => fits(task, each));
      const found = free[place];
      if (found !== undefined) free[place] = less(found, task);
      return found !== undefined;
    });
}

/**
 * Whether a task finds room regardless of the placement of the others. A host has no room if the others on it need
 * more than `host - task` of memory or CPU. A task that needs only a share of that can block only this share of a
 * host, so the sum of the shares is an upper bound for the number of blocked hosts.
 */
export function fitsAnyPlacement(
  task: Room,
  others: readonly Room[],
  hosts: number,
  host: Room,
): boolean {
  // In whole MiB and CPU units.
  const blocking = { memory: host.memory - task.memory + 1, cpu: host.cpu - task.cpu + 1 };
  const blocked = others.reduce((sum, { memory, cpu }) => {
    return sum + Math.min(1, Math.max(memory / blocking.memory, cpu / blocking.cpu));
  }, 0);
  return blocked + ROUNDING < hosts;
}

/** Larger than the rounding error of the sum. */
const ROUNDING = 1e-9;
