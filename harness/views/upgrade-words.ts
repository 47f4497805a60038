import type { PlannedChange } from "../ecs/index.ts";
import type { UpgradeSummary } from "../upgrade/analyse.ts";
import { effectOf } from "../upgrade/notice.ts";
import type { Noticed } from "../upgrade/noticed.ts";

/** The result of the play: what users noticed, or why the change was not played. */
export type Played = Noticed | string;

/** The words for each action, those that matter most first. */
const ACTIONS = {
  destroy: "destroyed",
  replace: "replaced",
  forget: "no longer managed, stays in AWS",
  change: "changed in place",
  create: "created",
  move: "moved",
  import: "imported",
} as const satisfies Readonly<Record<PlannedChange["action"], string>>;

const ORDER = Object.keys(ACTIONS);

export const actionWords = ({ action }: PlannedChange): string => ACTIONS[action];

/** `1 replaced, 2 changed in place, 65 unchanged`. */
export function countsOf({ changes, unchanged }: UpgradeSummary): string {
  const counts = Object.entries(ACTIONS).flatMap(([action, words]) => {
    const count = changes.filter((each) => each.action === action).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return [...counts, ...(unchanged.length > 0 ? [`${unchanged.length} unchanged`] : [])].join(", ");
}

/** The changes, those that matter most first: what a notice is about, then by action. */
export function ordered({ changes, notices }: UpgradeSummary): PlannedChange[] {
  const noted = new Set(notices.map(({ address }) => address));
  const rank = ({ address, action }: PlannedChange): number =>
    ORDER.indexOf(action) - (noted.has(address) ? ORDER.length : 0);
  return changes.toSorted((one, other) => rank(one) - rank(other));
}

/** What neither the plan nor the play shows. */
export function unknowns(summary: UpgradeSummary, played: Played): string[] {
  const isRestarting = effectOf(summary.notices) === "restarts";
  return [
    ...(isRestarting
      ? ["How much data Redis has: it is away until it has loaded all of them"]
      : []),
    ...(typeof played === "string" ? [] : ofPlay(played)),
  ];
}

function ofPlay({ isGuestBook, isComplete, lost }: Noticed): string[] {
  return [
    "How long AWS takes to pull images and to start tasks: the play ran on one machine",
    ...(isGuestBook ? ["What the app does when Redis is away: a guest book ran in its place"] : []),
    ...(isComplete && lost === undefined
      ? ["Whether writes are lost: the users of the play only read"]
      : []),
  ];
}
