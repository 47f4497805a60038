import { readdirSync, readlinkSync } from "node:fs";
import { getHeapCodeStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { monotonic } from "../monotonic.ts";

/** Memory and descriptors of the client process after a garbage collection. */
export interface Sample {
  readonly at: number;
  /** Bytes of objects, without compiled code, which grows for hours. */
  readonly heap: number;
  /** Resident bytes of the process, including the allocator's free memory. */
  readonly resident: number;
  /** Open file descriptors by kind: `socket`, `pipe`, `anon_inode`, `file`. */
  readonly descriptors: Readonly<Record<string, number>>;
  /** The number of clients with a ready connection. */
  readonly ready: number;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** @param ready number of connected clients */
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

/** Undefined for the descriptor of this directory read. */
function kindOf(path: string): string | undefined {
  try {
    return /^(\w+):/.exec(readlinkSync(path))?.[1] ?? "file";
  } catch {
    return undefined;
  }
}
