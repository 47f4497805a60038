import { group } from "d3-array";
import type { EcsEvent, EcsEventOf } from "../../ecs/index.ts";
import { type Change, type Span, spansOf } from "./spans.ts";

/** A registered instance, which has DNS records. */
export interface RecordBar {
  readonly instanceId: string;
  /** `address:port`, from the SRV and the A record. */
  readonly endpoint: string;
  readonly from: number;
  readonly to: number;
  readonly states: readonly Span<RecordState>[];
}

/** `new`: Cloud Map considers an instance unhealthy until ECS reports its health. */
export type RecordState = "new" | "healthy" | "unhealthy";

/** The words for each state of a record. */
export const RECORD_STATES: Readonly<Record<RecordState, string>> = {
  new: "not yet healthy",
  healthy: "healthy",
  unhealthy: "unhealthy",
};

/** The instances of a name in Cloud Map. */
export interface NameBars {
  /** `[service].[namespace]` */
  readonly name: string;
  readonly instances: readonly RecordBar[];
  /** The times without a record after the first registration. */
  readonly gaps: readonly Span<"none">[];
}

/** The names in events, with their instances. Registered instances are drawn until `end`. */
export function nameBars(events: readonly EcsEvent[], end: number): NameBars[] {
  const records = events.filter((event) => event.type === "record");
  const names = group(records, ({ name }) => name);
  return [...names].map(([name, recordEvents]) => ({
    name,
    instances: instancesOf(recordEvents, end),
    gaps: gapsOf(recordEvents, end),
  }));
}

function instancesOf(recordEvents: readonly EcsEventOf<"record">[], end: number): RecordBar[] {
  const instances = group(recordEvents, ({ instanceId }) => instanceId);
  return [...instances].flatMap(([instanceId, events]) => {
    const [first] = events;
    const states = spansOf(changesOf(events), end);
    const [from, to] = [states[0]?.from, states.at(-1)?.to];
    if (!first || from === undefined || to === undefined) return [];
    const { address, port } = first;
    const endpoint = port === undefined ? address : `${address}:${port}`;
    return [{ instanceId, endpoint, from, to, states }];
  });
}

function changesOf(events: readonly EcsEventOf<"record">[]): Change<RecordState>[] {
  let wasHealthy = false;
  return events.map(({ at, action, healthy }) => {
    wasHealthy ||= healthy;
    if (action === "deregistered") return { at, state: undefined };
    return { at, state: healthy ? "healthy" : wasHealthy ? "unhealthy" : "new" };
  });
}

function gapsOf(recordEvents: readonly EcsEventOf<"record">[], end: number): Span<"none">[] {
  const registered = new Set<string>();
  const changes = recordEvents.map(({ at, action, instanceId }): Change<"none"> => {
    if (action === "deregistered") registered.delete(instanceId);
    else registered.add(instanceId);
    return { at, state: registered.size === 0 ? "none" : undefined };
  });
  return spansOf(changes, end);
}
