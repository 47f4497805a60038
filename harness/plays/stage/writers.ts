import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Milliseconds between two samples. */
const INTERVAL = 50;

/** The servers seen in a folder, in order of appearance. */
export interface Folder {
  readonly path: string;
  readonly servers: readonly number[];
  /** The maximum number at one time. */
  readonly most: number;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly folder: string;
}

/**
 * Observes which Redis server uses which folder, from the kernel's data about processes. A task that waits for the
 * writer lock is not a server yet.
 */
export class WriterWatch implements Disposable {
  readonly #within: string;
  readonly #folders = new Map<string, { servers: number[]; most: number }>();
  readonly #timer: NodeJS.Timeout;
  #samples = 0;

  /** @param within servers in other folders are ignored */
  constructor(within: string) {
    this.#within = within;
    this.#timer = setInterval(() => this.sample(), INTERVAL);
    this.sample();
  }

  get samples(): number {
    return this.#samples;
  }

  get folders(): Folder[] {
    return [...this.#folders].map(([path, { servers, most }]) => ({ path, servers, most }));
  }

  /** @returns the folder of each running server */
  sample(): string[] {
    this.#samples += 1;
    const servers = serversIn(this.#within);
    const counts = new Map<string, number>();
    for (const { pid, folder } of servers) {
      const count = (counts.get(folder) ?? 0) + 1;
      counts.set(folder, count);
      const seen = this.#folders.get(folder) ?? { servers: [], most: 0 };
      seen.most = Math.max(seen.most, count);
      if (!seen.servers.includes(pid)) seen.servers.push(pid);
      this.#folders.set(folder, seen);
    }
    return servers.map(({ folder }) => folder);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Children that rewrite the file do not count. */
function serversIn(within: string): Process[] {
  const found = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => serverOf(Number(pid), within) ?? []);
  const pids = new Set(found.map(({ pid }) => pid));
  return found.filter(({ parent }) => !pids.has(parent));
}

function serverOf(pid: number, within: string): Process | undefined {
  try {
    if (!readFileSync(`/proc/${pid}/comm`, "utf8").endsWith("-server\n")) return undefined;
    const folder = readlinkSync(`/proc/${pid}/cwd`);
    if (!folder.startsWith(`${within}/`)) return undefined;
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
    return { pid, parent, folder };
  } catch {
    // The process has ended.
    return undefined;
  }
}
