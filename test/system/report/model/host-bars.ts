import type { EcsEvent } from "../../../harness/events.ts";
import type { HostStatus } from "../../../harness/state.ts";
import { type Span, spansOf } from "./spans.ts";

/** Times in which a host was not like others. */
export interface HostBar {
  readonly host: string;
  readonly troubles: readonly Span<Exclude<HostStatus, "ACTIVE">>[];
}

/** The hosts that events name, by name. */
export function hostBars(events: readonly EcsEvent[], end: number): HostBar[] {
  const named = events.flatMap((event) =>
    (event.type === "task" || event.type === "host") && event.host !== undefined
      ? [event.host]
      : [],
  );
  const hosts = [...new Set(named)].toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const statuses = events.filter((event) => event.type === "host");
  return hosts.map((host) => ({
    host,
    troubles: spansOf(
      statuses
        .filter((event) => event.host === host)
        .map(({ at, status }) => ({ at, state: status === "ACTIVE" ? undefined : status })),
      end,
    ),
  }));
}
