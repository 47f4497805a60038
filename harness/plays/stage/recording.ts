import type { EcsEvent } from "../../ecs/index.ts";

/**
 * One play of a scenario, for looking at it later: plain data that survives JSON. Every time is in
 * milliseconds since the epoch, monotonic, with fractions.
 */
export interface Recording {
  /** The scenario's name, as on the command line. */
  readonly scenario: string;
  readonly title: string;
  /** The environment's name, `dev`. */
  readonly environment: string;
  /** What the play's draws began with: the same seed draws the same. */
  readonly seed: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly steps: readonly RecordedStep[];
  /** Everything that the local ECS told, in its order. */
  readonly events: readonly EcsEvent[];
  /** Every request of a user that has ended, in the order of their ends. */
  readonly requests: readonly RecordedRequest[];
  readonly figures: readonly Figure[];
  readonly expectations: readonly Expectation[];
  readonly faults: readonly RecordedFault[];
}

/** A chapter of a scenario, or an action of the playground. */
export interface RecordedStep {
  readonly title: string;
  readonly at: number;
  /** @default the time of the next one */
  readonly until?: number;
  /** Where it was measured. */
  readonly impact?: RecordedImpact;
}

/** What a step did to its users: the numbers of its figures. */
export interface RecordedImpact {
  /** Requests. */
  readonly sent: number;
  readonly failed: number;
  /** Milliseconds from the first request that failed to the next that was served. */
  readonly away: number;
  /** Where they were counted. */
  readonly redisStarts?: number;
}

export interface RecordedRequest {
  readonly sentAt: number;
  readonly endedAt: number;
  /** HTTP status; 0 when no response came. */
  readonly status: number;
}

/** A figure that was measured. */
export interface Figure {
  /** The title of the step in which it was. */
  readonly step: string;
  readonly name: string;
  /** With its unit, as a person reads it. */
  readonly value: string;
}

/** A claim of a scenario, and whether it held. */
export interface Expectation {
  readonly step: string;
  readonly claim: string;
  readonly held: boolean;
  /** What was seen. */
  readonly seen: string;
  /**
   * The claim is a flaw of the setup, such as a Redis that is restarted while it loads. It holds when the flaw
   * was seen: that is no success.
   */
  readonly isFlaw?: true;
}

/** A fault of the local ECS that was made on purpose. */
export interface RecordedFault {
  readonly at: number;
  /** When it was repaired or over; undefined where it lasted until the end. */
  readonly until?: number;
  /** `kill`, `loseHost`, `dns`, ... */
  readonly name: string;
  /** What it hit: a task, a host, a service, a kind of failure. */
  readonly target?: string;
}
