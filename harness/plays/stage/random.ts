import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** What {@link randomOf} takes: a whole number of 32 bits. */
export const LARGEST_SEED = 2 ** 32 - 1;

/**
 * Numbers in [0, 1) that are the same for the same seed and purpose. Each purpose has a stream of
 * its own: how often one is asked, which may depend on time, changes nothing for the others.
 */
export function randomOf(seed: number, purpose: string): () => number {
  const own = createHash("sha256").update(`${seed} ${purpose}`).digest();
  const generator = xoroshiro128plus(own.readInt32LE());
  return () => uniformFloat64(generator);
}
