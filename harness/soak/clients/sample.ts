import { readdirSync, readlinkSync } from "node:fs";
import { getHeapCodeStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { monotonic } from "../monotonic.ts";

/** What the process of the clients holds, after a garbage collection. */
export interface Sample {
  readonly at: number;
  /** Bytes of objects. Not compiled code: V8 compiles more and more of it for hours. */
  readonly heap: number;
  /** Bytes of the whole process, with what its memory allocator keeps. */
  readonly resident: number;
  /** How many open file descriptors of each kind: `socket`, `pipe`, `anon_inode`, `file`. */
  readonly descriptors: Readonly<Record<string, number>>;
  /** How many clients have a connection that is ready. */
  readonly ready: number;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** @param ready how many clients are connected */
export function takeSample(ready: number): Sample {
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  const { code_and_metadata_size: code, bytecode_and_metadata_size: bytecode } =
    getHeapCodeStatistics();
  return {
    at: monotonic(),
    heap: heapUsed - code - bytecode,
    resident: rss,
    descriptors: descriptors(),
    ready,
  };
}

function descriptors(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of readdirSync("/proc/self/fd")) {
    const kind = kindOf(`/proc/self/fd/${name}`);
    if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Undefined for the descriptor that the look itself has opened. */
function kindOf(path: string): string | undefined {
  try {
    return /^(\w+):/.exec(readlinkSync(path))?.[1] ?? "file";
  } catch {
    return undefined;
  }
}
