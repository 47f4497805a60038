import { type Profiler, Session } from "node:inspector";

/** How often each block of code ran. A block is known by its script and where it starts. */
export type Blocks = ReadonlyMap<number, number>;

/** Bits of an offset within a script. */
const OFFSET_BITS = 22;

/**
 * V8's own count of which blocks run, through the inspector. The code that is tested stays as it is:
 * nothing is bundled, instrumented or built, and no library has to load a binary.
 *
 * Functions that ran before the start are not counted: import what is tested after it.
 */
export class Coverage implements Disposable {
  readonly #session = new Session();
  readonly #counts: (url: string) => boolean;
  /** By the function's own start. */
  readonly #starts = new Map<number, Set<number>>();

  /** @param counts whether a script counts, by its URL */
  constructor(counts: (url: string) => boolean) {
    this.#counts = counts;
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** The blocks that ran since the last call. */
  take(): Blocks {
    const blocks = new Map<number, number>();
    for (const { url, scriptId, functions } of this.#takeScripts()) {
      if (!this.#counts(url)) continue;
      const base = Number(scriptId) * 2 ** OFFSET_BITS;
      for (const { ranges } of functions) {
        for (const start of this.#startsOf(base, ranges)) {
          const count = countAt(start, ranges);
          if (count > 0) blocks.set(base + start, count);
        }
      }
    }
    return blocks;
  }

  /**
   * Where blocks of a function start, as far as they are known: one that runs as often as the block
   * around it has no range of its own.
   */
  #startsOf(base: number, ranges: readonly Profiler.CoverageRange[]): ReadonlySet<number> {
    const id = base + (ranges[0]?.startOffset ?? 0);
    const starts = this.#starts.get(id) ?? new Set();
    for (const { startOffset } of ranges) starts.add(startOffset);
    this.#starts.set(id, starts);
    return starts;
  }

  #takeScripts(): readonly Profiler.ScriptCoverage[] {
    let scripts: readonly Profiler.ScriptCoverage[] | undefined;
    // Within one thread the inspector answers before `post` returns.
    this.#session.post("Profiler.takePreciseCoverage", (error, taken) => {
      if (error !== null) throw error;
      scripts = taken.result;
    });
    if (scripts === undefined) throw new Error("the inspector gave no coverage");
    return scripts;
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }
}

/** The innermost range is the last one that holds the offset. */
function countAt(offset: number, ranges: readonly Profiler.CoverageRange[]): number {
  return ranges.findLast((at) => at.startOffset <= offset && offset < at.endOffset)?.count ?? 0;
}

/** All executions of all blocks: a measure of work that is the same on each machine. */
export function workOf(blocks: Blocks): number {
  let work = 0;
  for (const count of blocks.values()) work += count;
  return work;
}
