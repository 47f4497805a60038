import { now } from "../../ecs/index.ts";
import { isServed } from "../../plays/stage/load.ts";
import type { RecordedRequest } from "../../plays/stage/recording.ts";
import type { Stage } from "../../plays/stage/stage.ts";

/** The time window, in milliseconds. */
const NOW = 2_000;
const SOON = 1_000;

/** The current service to users. */
export interface UsersNow {
  readonly served: number;
  readonly failed: number;
  /** Requests without an answer for more than a second. */
  readonly waiting: number;
  readonly verdict: Verdict;
}

/** `none`: no user is served, `waiting`: some wait, `absent`: no users have been started. */
export type Verdict = "absent" | "served" | "waiting" | "failing" | "none";

/** A verdict in words, without a period. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  absent: "No users yet",
  served: "Users are served",
  waiting: "Some users wait",
  failing: "Requests fail",
  none: "No user is served",
};

export function usersNow(stage: Stage): UsersNow {
  const time = now();
  const lately = endedSince(stage.requests, time - NOW);
  const served = lately.filter(isServed).length;
  const failed = lately.length - served;
  const waiting = stage.waitingSince(time - SOON);
  const verdict = verdictOf({ served, failed, waiting });
  return { served: (served * 1_000) / NOW, failed: (failed * 1_000) / NOW, waiting, verdict };
}

/** Failures come first, then waiting. */
function verdictOf({ served, failed, waiting }: Omit<UsersNow, "verdict">): Verdict {
  if (served + failed + waiting === 0) return "absent";
  if (served === 0) return "none";
  if (failed > 0) return "failing";
  return waiting > 0 ? "waiting" : "served";
}

/** The requests that ended since a time. The input is in the order of ends. */
export function endedSince<Request extends RecordedRequest>(
  requests: readonly Request[],
  time: number,
): readonly Request[] {
  return requests.slice(requests.findLastIndex(({ endedAt }) => endedAt < time) + 1);
}
