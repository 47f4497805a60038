import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { MemoryController } from "./memory-controller.ts";

/** Milliseconds. The kernel may still count processes that have just ended. */
const REMOVE_TIMEOUT = 2000;

const MIB = 2 ** 20;

/** The files of both versions of the controller. */
const FILES = {
  1: {
    limit: "memory.limit_in_bytes",
    // Memory and swap together.
    swap: { file: "memory.memsw.limit_in_bytes", limit: (memory: number) => memory },
    events: "memory.oom_control",
  },
  2: {
    limit: "memory.max",
    swap: { file: "memory.swap.max", limit: () => 0 },
    events: "memory.events",
  },
} as const;

/** A cgroup of the kernel's memory controller. Its processes together have a limit; so do those of its children. */
export class MemoryCgroup {
  readonly #version: MemoryController["version"];
  readonly #folder: string;

  /**
   * Creates the folder.
   * @param limit MiB, without swap, as on an ECS-optimized host; undefined: only the limits of the cgroups above
   */
  constructor({ version, folder }: MemoryController, limit?: number) {
    this.#version = version;
    this.#folder = folder;
    mkdirSync(folder);
    if (limit === undefined) return;
    const files = FILES[version];
    this.#write(files.limit, limit * MIB);
    // Without support for swap in the kernel the file does not exist.
    const { swap } = files;
    if (existsSync(path.join(folder, swap.file))) this.#write(swap.file, swap.limit(limit * MIB));
  }

  /** A cgroup with children has no processes of its own. */
  child(name: string, limit?: number): MemoryCgroup {
    if (this.#version === 2) this.#write("cgroup.subtree_control", "+memory");
    return new MemoryCgroup(
      { version: this.#version, folder: path.join(this.#folder, name) },
      limit,
    );
  }

  /** Moves a process into it. Processes that it starts from now on are in it too. */
  async add(pid: number): Promise<void> {
    await writeFile(path.join(this.#folder, "cgroup.procs"), String(pid));
  }

  /** Whether the kernel has killed one of its processes for want of memory. */
  hasKilled(): boolean {
    try {
      const events = readFileSync(path.join(this.#folder, FILES[this.#version].events), "utf8");
      return /^oom_kill [1-9]/m.test(events);
    } catch {
      // The guardian has removed it: the run is over.
      return false;
    }
  }

  /** Removes it with its children when their processes have ended. After a while it gives up: the guardian is the last. */
  async remove(): Promise<void> {
    const deadline = performance.now() + REMOVE_TIMEOUT;
    while (!isRemoved(this.#folder) && performance.now() < deadline) await delay(10);
  }

  #write(file: string, value: number | string): void {
    writeFileSync(path.join(this.#folder, file), String(value));
  }
}

/** Only the kernel removes the files of a cgroup, with its folder. */
function isRemoved(folder: string): boolean {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    for (const entry of entries) {
      if (entry.isDirectory()) isRemoved(path.join(folder, entry.name));
    }
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}
