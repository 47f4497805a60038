import { withBlock } from "../../../harness/results/marked-block.ts";
import type { Edge } from "./layers.ts";

/**
 * A Mermaid diagram of the parts of a folder: `a --> b` says that b imports a, as data flows. An arrow
 * that others on the way say already is left out.
 */
export function diagram(edges: readonly Edge[]): string {
  const arrows = withoutDetours(edges)
    .map(({ from, to }) => `  ${node(to)} --> ${node(from)}`)
    .toSorted();
  return ["```mermaid", "flowchart LR", ...arrows, "```"].join("\n");
}

/** Puts diagrams between the marks of a page, `<!-- imports of stacks -->` and `<!-- end -->`. */
export function withDiagrams(page: string, diagrams: ReadonlyMap<string, string>): string {
  return [...diagrams].reduce(
    (changed, [folder, text]) => withBlock(changed, `imports of ${folder}`, text),
    page,
  );
}

/** Edges whose end is not reached through another part: the transitive reduction, without circles. */
function withoutDetours(edges: readonly Edge[]): Edge[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (next.get(from) ?? []).some((part) => {
      if (part === to) return true;
      if (seen.has(part)) return false;
      seen.add(part);
      return reaches(part, to, seen);
    });
  return edges.filter(
    ({ from, to }) =>
      !(next.get(from) ?? []).some((part) => part !== to && reaches(part, to, new Set([from]))),
  );
}

/** Mermaid takes `end` and punctuation for its own. */
const node = (part: string): string => `${part.replaceAll(/[^a-z]/gi, "_")}["${part}"]`;
