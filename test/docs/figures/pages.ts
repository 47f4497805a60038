import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Results, readResults } from "../../../harness/results/results.ts";
import { renderFaults } from "../../../harness/views/fault-table.ts";
import { benchPage } from "../../bench/page.ts";
import { simulationPage } from "../../simulate/page.ts";
import { TOLD, type Told } from "./told.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Pages of which a part or the whole is made from a file. */
const MADE: Readonly<Record<string, (page: string, read: Read) => string>> = {
  "docs/faults.md": (_, read) => renderFaults(read("faults")),
  "runtime/BENCHMARKS.md": (page, read) => benchPage(page, read("bench")),
  "docs/simulation.md": (page, read) => simulationPage(page, read("simulate")),
};

type Read = (name: string) => Results;

/** The pages that tell figures. */
export const PAGES: readonly string[] = [
  ...new Set([...TOLD.map(({ page }) => page), ...Object.keys(MADE)]),
];

export const readPage = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The page with the figures of `results/`. */
export function withFigures(path: string, page: string, read: Read = readResults): string {
  const made = MADE[path]?.(page, read) ?? page;
  return TOLD.filter((told) => told.page === path).reduce(
    (text, told) => withTold(text, told, read(told.file)),
    made,
  );
}

/** @throws when the words are not in the page, or twice */
export function withTold(page: string, told: Told, results: Results): string {
  const [place, ...others] = placesOf(page, told);
  if (place === undefined || others.length > 0) {
    const count = place === undefined ? "not" : "more than once";
    throw new Error(`${told.page} has the words ${count}: ${told.words}`);
  }
  const figures = told.figures(results);
  if (figures.length !== place.indices.length) {
    throw new Error(
      `${place.indices.length} figures are told, ${figures.length} given: ${told.words}`,
    );
  }
  return place.indices.reduceRight(
    (text, [from, to], at) => `${text.slice(0, from)}${figures[at]}${text.slice(to)}`,
    page,
  );
}

interface Place {
  readonly from: number;
  readonly to: number;
  /** Where its figures are. */
  readonly indices: readonly (readonly [number, number])[];
}

/** Where the words are, whatever figures they tell and however their lines are broken. */
export function placesOf(page: string, { words }: Pick<Told, "words">): Place[] {
  const pattern = words
    .split("{}")
    .map((part) => part.split(" ").map(escaped).join("\\s+"))
    .join("(\\S+(?: to \\S+)?)");
  return Array.from(page.matchAll(new RegExp(pattern, "dg")), (match) => {
    const [whole = [0, 0] as const, ...groups] = match.indices ?? [];
    return { from: whole[0], to: whole[1], indices: groups.flatMap((group) => [group ?? [0, 0]]) };
  });
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
