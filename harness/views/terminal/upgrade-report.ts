import pc from "picocolors";
import type { UpgradeChange } from "../../ecs/index.ts";
import { effectOf, type Notice } from "../../upgrade/notice.ts";
import { ACTION_WORDS, redisSentence, type UpgradeSummary } from "../../upgrade/upgrade-table.ts";
import { wrapped } from "./wrap.ts";

/** The report of an upgrade: first the notices, then every resource. */
export function upgradeReport(summary: UpgradeSummary, columns: number): string {
  const { environment, from, changes, notices } = summary;
  const title = pc.bold(`${environment}, from ${from} to this version`);
  const what = changes.length === 0 ? ["no resource changes"] : rowsOf(changes);
  const first = notices.flatMap((notice) => linesOf(notice, columns));
  return [title, verdictOf(notices), ...first, "", ...what, ""].join("\n");
}

function verdictOf(notices: readonly Notice[]): string {
  const isSafe = effectOf(notices) === "none" && notices.every(({ effect }) => effect === "none");
  const text = redisSentence(notices).replaceAll("**", "");
  return isSafe ? pc.green(`✓ ${text}`) : pc.yellow(`! ${text}`);
}

const linesOf = ({ address, what, advice }: Notice, columns: number): string[] => [
  wrapped(`  ${address}: ${what}`, columns, 4),
  wrapped(`    → ${advice}`, columns, 6),
];

function rowsOf(changes: readonly UpgradeChange[]): string[] {
  const rows = changes.map((change) => [
    nameOf(change),
    ACTION_WORDS[change.action],
    whyOf(change),
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(([name = "", action = "", why = ""]) =>
    `${name.padEnd(widths[0] ?? 0)}  ${action.padEnd(widths[1] ?? 0)}  ${why}`.trimEnd(),
  );
}

const nameOf = ({ address, from }: UpgradeChange): string =>
  from === undefined ? address : `${from} → ${address}`;

/** The changed arguments, or only those that force a replacement. */
function whyOf({ action, arguments: names, forcedBy }: UpgradeChange): string {
  if (action === "add" || action === "destroy" || action === "move") return "";
  if (action === "replace") return forcedBy.join(", ") || "another change triggers it";
  return names.join(", ");
}
