import type { Results } from "../../harness/results/results.ts";
import { whereAndWhen } from "../../harness/results/where-and-when.ts";
import { withBlock } from "../../harness/results/marked-block.ts";
import type { Steady } from "./steady.ts";
import {
  type MoveFigures,
  apiTable,
  hostTable,
  moveTable,
  steadyTable,
  toMarkdown,
} from "./tables.ts";

/** The contents of `studies/results/simulate.json`. */
export interface SimulateFigures {
  readonly moves: readonly MoveFigures[];
  readonly hosts: readonly MoveFigures[];
  readonly api: readonly MoveFigures[];
  readonly steady: { readonly ahead: Steady; readonly without: Steady };
  readonly sample: { readonly everyone: MoveFigures; readonly oneForTen: MoveFigures };
}

/** Inserts the tables of `studies/results/simulate.json` into the page. */
export function simulationPage(page: string, results: Results): string {
  const { moves, hosts, api, steady, sample } = results.figures as unknown as SimulateFigures;
  const tables = [
    moveTable(moves),
    hostTable(hosts),
    apiTable(api),
    steadyTable(steady),
    moveTable([sample.everyone, sample.oneForTen], "All clients, and one simulated client for ten"),
  ];
  const text = [`${whereAndWhen(results)}.`, ...tables.map(toMarkdown)].join("\n\n");
  return withBlock(page, "results of npm run simulate --prefix studies", text);
}
