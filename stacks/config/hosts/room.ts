// How many tasks a host has room for, and how many hosts a list of tasks needs.

import type { EnvironmentFields } from "../environment-schema.ts";
import { certain } from "../certain.ts";
import { type InstanceSize, sizeOf } from "../offers/offers.ts";

/** What a task takes of a host, or a host has for tasks. */
export interface Room {
  /** MiB. */
  readonly memory: number;
  /** CPU units, 1024 a core. */
  readonly cpu: number;
  /** Network interfaces, one for each task in awsvpc mode. */
  readonly interfaces: number;
}

export type CreatedCluster = Extract<EnvironmentFields["cluster"], { instanceType: string }>;

/**
 * What the platform and the kernel take before the agent registers a host. AWS publishes no table; this
 * is what Karpenter assumes (VM_MEMORY_OVERHEAD_PERCENT,
 * https://karpenter.sh/docs/reference/settings/). A t3.small has about 1910 of its 2048 MiB.
 */
export const memoryOverhead = 0.075;

/** MiB that tasks may take on a host: what the agent registers, less what is reserved for the host. */
export function memoryForTasks({ memory }: Pick<InstanceSize, "memory">, reserved: number): number {
  return Math.max(0, Math.floor(memory * (1 - memoryOverhead)) - reserved);
}

/** What EC2 says of the hosts' instance type, or the environment. */
export function sizeOfHosts({ instanceType, size }: CreatedCluster): InstanceSize {
  return certain(size ?? sizeOf(instanceType), `size of ${instanceType}`);
}

/** The room for tasks on one host. One of its network interfaces is its own. */
export function roomOfHost(cluster: CreatedCluster): Room {
  const size = sizeOfHosts(cluster);
  // A type without trunking is told by itself.
  const isTrunked = cluster.eniTrunking && size.branchInterfaces > 0;
  return {
    memory: memoryForTasks(size, cluster.reservedMemory),
    cpu: size.vcpus * 1024,
    interfaces: isTrunked ? size.branchInterfaces : size.interfaces - 1,
  };
}

const kinds = ["memory", "cpu", "interfaces"] as const;

function fits(task: Room, free: Room): boolean {
  return kinds.every((kind) => task[kind] <= free[kind]);
}

function less(free: Room, task: Room): Room {
  const [memory, cpu, interfaces] = kinds.map((kind) => free[kind] - task[kind]);
  return { memory: memory ?? 0, cpu: cpu ?? 0, interfaces: interfaces ?? 0 };
}

/** Whether hosts have room for all tasks: the largest are placed first, each where it first fits. */
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
 * Whether a task finds room wherever the others were placed. A host has no room once the others on it take
 * more than `host - task` of memory or CPU. Each of them is at most one host in the way, and less if it takes
 * only a share of that: together they are in the way on no more hosts than the sum of these shares.
 */
export function fitsAnyhow(
  task: Room,
  others: readonly Room[],
  hosts: number,
  host: Room,
): boolean {
  // In whole MiB and CPU units.
  const inTheWay = { memory: host.memory - task.memory + 1, cpu: host.cpu - task.cpu + 1 };
  const blocked = others.reduce((sum, { memory, cpu }) => {
    return sum + Math.min(1, Math.max(memory / inTheWay.memory, cpu / inTheWay.cpu));
  }, 0);
  return blocked + ROUNDING < hosts;
}

/** More than a sum of fractions is off by. */
const ROUNDING = 1e-9;
