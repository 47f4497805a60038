import { constants } from "node:os";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Catches SIGTERM and SIGINT from now on. Each call of the returned function resolves at the next
 * signal, with its exit code: 128 + n.
 */
export function stopSignals(): () => Promise<number> {
  const received: number[] = [];
  const waiting: ((code: number) => void)[] = [];
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const code = 128 + constants.signals[signal];
      const next = waiting.shift();
      if (next === undefined) received.push(code);
      else next(code);
    });
  }
  return () => {
    const code = received.shift();
    if (code !== undefined) return Promise.resolve(code);
    return new Promise((resolve) => void waiting.push(resolve));
  };
}
