// The package's open sockets and timers, including those that do not keep the process alive.
import { createHook } from "node:async_hooks";

import { vi } from "vitest";

/** Async resources of sockets and timers. TLS uses a TCP socket. */
const KINDS = ["TCPWRAP", "UDPWRAP", "PIPEWRAP", "Timeout"];
/** The package's frames are a few frames above those of Node.js. */
const DEPTH = 40;

export interface Resources extends Disposable {
  /** Sockets and timers that the package has created and not ended. */
  open(): string[];
  /** Resolves when nothing is open. After a timeout, rejects with the open resources. */
  allGone(): Promise<void>;
}

/** Tracks sockets and timers that code in `runtime/src` creates from now on. */
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
