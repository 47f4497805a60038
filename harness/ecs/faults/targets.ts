import type { Cluster } from "../services/cluster.ts";
import type { Condition } from "../base/condition.ts";
import type { EcsEvents } from "../base/events.ts";
import type { Services } from "../services/services.ts";

/** What faults can affect. */
export interface FaultTargets {
  readonly cluster: Cluster;
  readonly services: Services;
  readonly events: EcsEvents;
  /** Notified when a task changes. */
  readonly changed: Condition;
  /** Names of the namespaces in Cloud Map. */
  readonly namespaces: ReadonlySet<string>;
}
