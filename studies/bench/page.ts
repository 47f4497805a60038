import { whereAndWhen } from "../../harness/results/where-and-when.ts";
import type { Results } from "../../harness/results/results.ts";
import { withBlock } from "../../harness/results/marked-block.ts";
import type { FigureReport } from "./figure.ts";
import { renderMarkdown } from "./report.ts";

/** Inserts the tables of `studies/results/bench.json` into the page. */
export function benchPage(page: string, results: Results): string {
  const reports = results.figures["reports"] as unknown as readonly FigureReport[];
  const text = `${whereAndWhen(results)}, loopback.\n\n${renderMarkdown(reports)}`;
  return withBlock(page, "results of npm run bench", text);
}
