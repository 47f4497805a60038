import type { UpgradeChange } from "../ecs/index.ts";
import { table } from "../results/markdown.ts";
import { effectOf, type Effect, type Notice } from "./notice.ts";

/** What one upgrade does to one environment. */
export interface UpgradeSummary {
  readonly environment: string;
  /** The old version, as a user calls it: `v1.2.0`. */
  readonly from: string;
  readonly changes: readonly UpgradeChange[];
  readonly notices: readonly Notice[];
}

/** In a sentence about Redis. */
const REDIS: Readonly<Record<Effect, string>> = {
  "loses data": "**loses its data**",
  "leaves data": "**leaves its data behind**, in AWS",
  "does not start": "**does not start again**",
  restarts: "restarts",
  "may restart": "may restart: unknown",
  "cut off": "is cut off for a time",
  unknown: "unknown: ask a plan",
  none: "is not touched",
};

/** The word of each action; a readdressed resource is destroyed and created. */
export const ACTION_WORDS: Readonly<Record<UpgradeChange["action"], string>> = {
  add: "added",
  change: "changed in place",
  replace: "replaced",
  move: "moved",
  readdress: "destroyed and created: its address changes",
  destroy: "destroyed",
  forget: "no longer managed: stays in AWS",
  unknown: "unknown, ask a plan",
};

export const redisSentence = (notices: readonly Notice[]): string =>
  `Redis ${REDIS[effectOf(notices)]}`;

/** A Markdown table of upgrades, one environment a row, as it stands in CHANGELOG. */
export function upgradeTable(upgrades: readonly UpgradeSummary[]): string {
  const rows = upgrades.map(({ environment, changes, notices }) => {
    const count = (...actions: readonly UpgradeChange["action"][]): number =>
      changes.filter(({ action }) => actions.includes(action)).length;
    return [
      `\`${environment}\``,
      count("add"),
      count("change"),
      count("replace", "readdress"),
      count("move"),
      count("destroy"),
      count("forget"),
      count("unknown"),
      redisSentence(notices),
    ].map(String);
  });
  const actions = ["add", "change", "replace", "move", "destroy", "forget", "unknown"] as const;
  return table(["environment", ...actions.map((each) => ACTION_WORDS[each]), "Redis"], rows);
}
