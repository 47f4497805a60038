import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import type { ContainerState } from "../base/state.ts";
import type { Task } from "../tasks/task.ts";
import { dockerIdOf } from "../tasks/container-context.ts";

/** Nanoseconds of a tick of the kernel's clock, which has 100 in a second on every Linux that runs this. */
const TICK = 1e7;
const MIB = 2 ** 20;

interface Sample {
  readonly read: string;
  readonly cpu: object;
}

/**
 * What containers use now, in the shape of Docker's API: memory and CPU of their processes. What a process does not tell of itself is
 * left out: networks, disks, page cache.
 * https://docs.docker.com/reference/api/engine/version/v1.43/#tag/Container/operation/ContainerStats
 */
export class Stats {
  /** Of the request before, by Docker's id. */
  readonly #before = new Map<string, Sample>();

  /** Null for a container that does not run, as in the agent. */
  of(task: Task, { name }: ContainerState): object | null {
    const pids = task.processesOf(name);
    if (pids.length === 0) return null;
    const { definition } = task.context.revision;
    const memory = definition.containers.find((each) => each.name === name)?.memory;
    const limit = memory ?? definition.memoryLimit;
    const id = dockerIdOf(task.id, name);
    const used = pids.map(usageOf);
    const sum = (field: keyof Usage): number =>
      used.reduce((total, each) => total + each[field], 0);
    const cpu = {
      cpu_usage: {
        total_usage: sum("user") + sum("kernel"),
        usage_in_kernelmode: sum("kernel"),
        usage_in_usermode: sum("user"),
      },
      system_cpu_usage: systemTime(),
      online_cpus: availableParallelism(),
    };
    const at = new Date().toISOString();
    const before = this.#before.get(id);
    this.#before.set(id, { read: at, cpu });
    return {
      read: at,
      ...(before && { preread: before.read, precpu_stats: before.cpu }),
      id,
      name: `/${name}`,
      pids_stats: { current: pids.length },
      cpu_stats: cpu,
      memory_stats: {
        usage: sum("memory"),
        limit: limit === undefined ? totalmem() : limit * MIB,
      },
    };
  }
}

/** Nanoseconds, and bytes. */
interface Usage {
  readonly user: number;
  readonly kernel: number;
  readonly memory: number;
}

/** proc_pid_stat(5), with the times of children that have ended. */
function usageOf(pid: number): Usage {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat
    .slice(stat.lastIndexOf(") ") + 2)
    .split(" ")
    .map(Number);
  const [user = 0, kernel = 0, childUser = 0, childKernel = 0] = fields.slice(11, 15);
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1];
  return {
    user: (user + childUser) * TICK,
    kernel: (kernel + childKernel) * TICK,
    memory: Number(resident ?? 0) * 1024,
  };
}

/** proc_stat(5): the first eight fields of all processors. Guests are in the first two. */
function systemTime(): number {
  const [, ...fields] = read("/proc/stat").split("\n", 1)[0]?.split(/\s+/) ?? [];
  return fields.slice(0, 8).reduce((total, field) => total + Number(field), 0) * TICK;
}

/** Empty if the process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
