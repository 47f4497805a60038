import type { EcsEvent } from "../../ecs/index.ts";
import { isServed, type RequestOutcome } from "./load.ts";

/**
 * Milliseconds. With `appendfsync everysec`, Redis delays writes to its file for up to two seconds during a sync,
 * but acknowledges them. SIGKILL discards them (redis.conf, `appendfsync`).
 */
const DELAYED_FOR = 2_000;

const KILLED = 137;

export type AcknowledgedWrite = RequestOutcome & { readonly guest: string };

export const acknowledgedWrites = (outcomes: readonly RequestOutcome[]): AcknowledgedWrite[] =>
  outcomes.filter((each): each is AcknowledgedWrite => isServed(each) && each.guest !== undefined);

/** The times at which containers of a name were killed by SIGKILL. */
export const killsOf = (events: readonly EcsEvent[], container: string): number[] =>
  events.flatMap((event) =>
    event.type === "container" &&
    event.container === container &&
    event.status === "STOPPED" &&
    event.exitCode === KILLED
      ? [event.at]
      : [],
  );

/** Whether Redis may lose a write: it was acknowledged during a kill or up to two seconds before it. */
export const isAtRisk = (
  { sentAt, endedAt }: Pick<RequestOutcome, "sentAt" | "endedAt">,
  kills: readonly number[],
): boolean => kills.some((at) => sentAt <= at && endedAt >= at - DELAYED_FOR);
