import type { EcsEvent } from "../../ecs/index.ts";

/**
 * The recording of a play, as JSON data. Times are milliseconds since the epoch, monotonic, with fractions.
 */
export interface Recording {
  /** The scenario's name, as on the command line. */
  readonly scenario: string;
  readonly title: string;
  readonly environment: string;
  readonly seed: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly steps: readonly RecordedStep[];
  /** All events of the local ECS, in order. */
  readonly events: readonly EcsEvent[];
  /** All completed requests, in the order of their ends. */
  readonly requests: readonly RecordedRequest[];
  readonly figures: readonly Figure[];
  readonly expectations: readonly Expectation[];
  readonly faults: readonly RecordedFault[];
}

/** A step of a scenario or an action of the playground. */
export interface RecordedStep {
  readonly title: string;
  readonly at: number;
  /** @default the start of the next step */
  readonly until?: number;
  /** If measured. */
  readonly impact?: RecordedImpact;
  /** Why it was not done in this setup. */
  readonly skipped?: string;
}

/** The effect of a step on users, as numbers. */
export interface RecordedImpact {
  readonly sent: number;
  readonly failed: number;
  /** Milliseconds from the first failed request to the next success. */
  readonly away: number;
  /** If counted. */
  readonly redisStarts?: number;
}

export interface RecordedRequest {
  readonly sentAt: number;
  readonly endedAt: number;
  /** HTTP status, or 0 without a response. */
  readonly status: number;
}

export interface Figure {
  /** The title of its step. */
  readonly step: string;
  readonly name: string;
  /** The displayed value, with its unit. */
  readonly value: string;
}

/** An expectation of a scenario and its result. */
export interface Expectation {
  readonly step: string;
  readonly claim: string;
  readonly held: boolean;
  /** The observed value. */
  readonly seen: string;
  /**
   * Whether the claim is a known flaw of the setup, such as a Redis that is restarted while it loads. It holds if
   * the flaw was seen, which is not a success.
   */
  readonly isFlaw?: true;
}

export interface RecordedFault {
  readonly at: number;
  /** When it ended. Undefined if it lasted until the end. */
  readonly until?: number;
  /** `kill`, `loseHost`, `dns`, ... */
  readonly name: string;
  /** Its target: a task, a host, a service or a kind of failure. */
  readonly target?: string;
}
