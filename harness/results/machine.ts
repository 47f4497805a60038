import { availableParallelism, cpus, release, totalmem } from "node:os";
import type { OperatingSystem } from "../ecs/programs/operating-system.ts";
import { thisSystem } from "../ecs/programs/operating-system.ts";

/** The machine that figures were measured on. */
export interface Machine {
  readonly cpu: string;
  /** The number of cores that this process may use. */
  readonly cores: number;
  /** As `16 GiB`. */
  readonly memory: string;
  /** The distribution and the kernel. */
  readonly system: string;
}

export function thisMachine(system: OperatingSystem = thisSystem()): Machine {
  const model = cpus()[0]?.model.trim() ?? "";
  return {
    cpu: model === "" ? process.arch : model,
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${distribution(system)}, kernel ${release()}`,
  };
}

/** `PRETTY_NAME` of os-release(5), or the platform on systems without that file. */
function distribution({ osRelease, platform }: OperatingSystem): string {
  return /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(osRelease)?.[1] ?? platform;
}
