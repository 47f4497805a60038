import pc from "picocolors";
import { visible } from "../../../command-line/visible.ts";
import type { PlannedChange } from "../../ecs/index.ts";
import { redisSentence, type UpgradeSummary } from "../../upgrade/analyse.ts";
import { effectOf, isLosing, type Notice } from "../../upgrade/notice.ts";
import { actionWords, countsOf, ordered } from "../upgrade-words.ts";
import { wrapped } from "./wrap.ts";

/** What a plan says: first the notices, then every resource. */
export function upgradeReport(summary: UpgradeSummary, columns: number): string {
  const { name, notices, drifted } = summary;
  const outside = drifted.map((address) => `  ${address} was changed outside of Terraform`);
  return [
    pc.bold(visible(name)),
    verdictOf(summary),
    ...notices.flatMap((notice) => linesOf(notice, columns)),
    "",
    countsOf(summary) || "no resources",
    ...rowsOf(ordered(summary)),
    ...outside.map(visible),
    "",
  ].join("\n");
}

function verdictOf(summary: UpgradeSummary): string {
  const effect = effectOf(summary.notices);
  const text = visible(redisSentence(summary));
  if (isLosing(effect)) return pc.red(`✗ ${text}`);
  return effect === "none" ? pc.green(`✓ ${text}`) : pc.yellow(`! ${text}`);
}

const linesOf = ({ address, what, advice }: Notice, columns: number): string[] => [
  wrapped(visible(`  ${address}: ${what}`), columns, 4),
  wrapped(visible(`    → ${advice}`), columns, 6),
];

function rowsOf(changes: readonly PlannedChange[]): string[] {
  const rows = changes.map((change) => {
    const { address, from, arguments: names } = change;
    const place = from === undefined ? address : `${from} → ${address}`;
    return [place, actionWords(change), names.join(", ")].map(visible);
  });
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([place = "", action = "", why = ""]) =>
    `  ${place.padEnd(widths[0] ?? 0)}  ${action.padEnd(widths[1] ?? 0)}  ${why}`.trimEnd(),
  );
}
