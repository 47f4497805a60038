import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** The largest seed of {@link randomOf}: 32 bits. */
export const LARGEST_SEED = 2 ** 32 - 1;

/**
 * Random numbers in [0, 1) from a seed and a purpose. Each purpose has a separate stream, so the number of calls for
 * one purpose, which may depend on time, does not change the others.
 */
export function randomOf(seed: number, purpose: string): () => number {
  const own = createHash("sha256").update(`${seed} ${purpose}`).digest();
  const generator = xoroshiro128plus(own.readInt32LE());
  return () => uniformFloat64(generator);
}
