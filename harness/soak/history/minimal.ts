/**
 * A part of what fails, from which nothing can be left out: halves, quarters, ... single ones, each left out
 * where the rest fails without it (delta debugging: Zeller and Hildebrandt, "Simplifying and isolating
 * failure-inducing input", 2002). One pass over single ones is enough, because a part of what does not fail
 * does not fail either.
 * @param whole fails
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
