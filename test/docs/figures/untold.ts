import { placesOf } from "./pages.ts";
import type { Told } from "./told.ts";

const UNITS =
  "µs|ms|s|secs?|seconds?|mins?|minutes?|h|hours?|days?|kB|MB|GB|B|KiB|MiB|GiB|bytes|%|percent|x|times|fold|×(?!\\s?\\d)";

/** A number with a unit, as `1 500 ms` or `40-second`. A product such as `2 × 512` is none, nor a version as `5.x`. */
const FIGURE = new RegExp(
  String.raw`(?<![\w.-])\d+(?:\.\d+)*(?:\s\d{3}\b)*\+?[\s-]?(?:${UNITS})(?![\w%])`,
  "g",
);

/** The figures of a page that are in none of the places that a file fills, each once. */
export function untoldFigures(page: string, told: readonly Told[]): string[] {
  // What a command wrote as a whole.
  const own = page.replaceAll(/<!-- results of .*? -->.*?<!-- end -->/gs, "");
  const places = told.flatMap((each) => placesOf(own, each));
  const found = Array.from(own.matchAll(FIGURE)).filter(
    ({ index }) =>
      !places.some(({ indices }) => indices.some(([from, to]) => isIn(index, from, to))),
  );
  return [...new Set(found.map(([figure]) => figure.replaceAll(/\s+/g, " ")))];
}

const isIn = (index: number, from: number, to: number): boolean => from <= index && index < to;
