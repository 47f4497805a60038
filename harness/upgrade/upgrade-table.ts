import type { UpgradeChange } from "../ecs/index.ts";
import { table } from "../results/markdown.ts";
import { effectOf, type Effect, type Notice } from "./notice.ts";

export interface UpgradeSummary {
  readonly environment: string;
  /** The old version, such as `v1.2.0`. */
  readonly from: string;
  readonly changes: readonly UpgradeChange[];
  readonly notices: readonly Notice[];
}

/** The effects, in a sentence about Redis. */
const REDIS: Readonly<Record<Effect, string>> = {
  "loses data": "**loses its data**",
  "leaves data": "**leaves its data behind**, in AWS",
  "does not start": "**does not start again**",
  restarts: "restarts",
  "may restart": "may restart: unknown",
  "cut off": "is cut off for a time",
  unknown: "unknown: run a plan",
  none: "is not affected",
};

/** The words for each action. A resource with a new address is destroyed and created. */
export const ACTION_WORDS: Readonly<Record<UpgradeChange["action"], string>> = {
  add: "added",
  change: "changed in place",
  replace: "replaced",
  move: "moved",
  readdress: "destroyed and created: its address changes",
  destroy: "destroyed",
  forget: "no longer managed: stays in AWS",
  unknown: "unknown: run a plan",
};

export const redisSentence = (notices: readonly Notice[]): string =>
  `Redis ${REDIS[effectOf(notices)]}`;

/** A Markdown table of upgrades for CHANGELOG, with one row per environment. */
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
