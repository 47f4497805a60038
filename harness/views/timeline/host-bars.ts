import type { EcsEvent, EcsEventOf, HostStatus } from "../../ecs/index.ts";
import { type Change, type Span, spansOf } from "./spans.ts";

type Trouble = Exclude<HostStatus, "ACTIVE">;

/** When a host was not active. */
export interface HostBar {
  readonly host: string;
  readonly troubles: readonly Span<Trouble>[];
}

/** The hosts in events, by name. */
export function hostBars(events: readonly EcsEvent[], end: number): HostBar[] {
  const named = events.flatMap((event) =>
    (event.type === "task" || event.type === "host") && event.host !== undefined
      ? [event.host]
      : [],
  );
  const hosts = [...new Set(named)].toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const hostEvents = events.filter((event) => event.type === "host" || event.type === "fault");
  return hosts.map((host) => {
    const changes = hostEvents.filter((event) => concerns(event, host)).map(changeOf);
    return { host, troubles: spansOf(changes, end) };
  });
}

/** A host is lost until it is replaced, which ends the fault. */
function concerns(event: EcsEventOf<"host"> | EcsEventOf<"fault">, host: string): boolean {
  if (event.type === "host") return event.host === host;
  return event.fault === "loseHost" && event.target === host && !event.active;
}

function changeOf(event: EcsEventOf<"host"> | EcsEventOf<"fault">): Change<Trouble> {
  const isOver = event.type === "fault" || event.status === "ACTIVE";
  return { at: event.at, state: isOver ? undefined : event.status };
}
