/**
 * Bytes that are held when all garbage is collected, buffers included, and those that the system gave.
 *
 * @throws {Error} without `--expose-gc`
 */
export function settledMemory(): { readonly held: number; readonly resident: number } {
  if (globalThis.gc === undefined) throw new Error("start Node.js with --expose-gc");
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { held: heapUsed + external, resident: rss };
}
