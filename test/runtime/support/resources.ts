// The package's open sockets and timers, including those that do not keep the process alive.
import { createHook } from "node:async_hooks";

import { vi } from "vitest";

/** Async resources that a program sees as sockets and timers (TLS has a TCP socket beneath it). */
const KINDS = ["TCPWRAP", "UDPWRAP", "PIPEWRAP", "Timeout"];
/** The calls that matter lie a few frames above Node's own. */
const DEPTH = 40;

export interface Resources extends Disposable {
  /** What the package has created since then and not yet ended. */
  open(): string[];
  /** Resolves when nothing is open any more; after a while rejects with what is still open. */
  allGone(): Promise<void>;
}

/** Follows the sockets and timers that code in `runtime/src` makes from now on. */
export function trackResources(): Resources {
  const open = new Map<number, string>();
  const hook = createHook({
    init(id, kind) {
      if (KINDS.includes(kind) && isOfPackage()) open.set(id, kind);
    },
    destroy(id) {
      open.delete(id);
    },
  }).enable();
  return {
    open: () => [...open.values()],
    allGone: () =>
      vi.waitFor(() => {
        if (open.size > 0) throw new Error(`still open: ${[...open.values()].join(", ")}`);
      }, 2_000),
    [Symbol.dispose]: () => void hook.disable(),
  };
}

function isOfPackage(): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEPTH;
  const { stack = "" } = new Error("where");
  Error.stackTraceLimit = stackTraceLimit;
  return /runtime\/src\/(?!testing)/.test(stack);
}
