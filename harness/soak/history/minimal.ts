/**
 * Finds a minimal failing subset: removes halves, quarters, ... single items if the rest still fails (delta
 * debugging: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002). One pass over single
 * items is enough, because a subset of a passing set passes too.
 * @param whole a failing set
 */
export function minimal<T>(
  whole: readonly T[],
  fails: (part: readonly T[]) => boolean,
): readonly T[] {
  let left = whole;
  for (let size = whole.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < left.length;) {
      const without = left.toSpliced(at, size);
      if (fails(without)) left = without;
      else at += size;
    }
  }
  return left;
}
