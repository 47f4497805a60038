import type { ClientOperation } from "./clients/messages.ts";
import type { Sample } from "./clients/sample.ts";
import type { Operation } from "./history/operation.ts";
import { Journal } from "./journal.ts";
import { MoveTracker } from "./move-tracker.ts";

export interface PlayedRound {
  readonly number: number;
  readonly at: number;
  readonly movedAt: number;
  /** The number of scheduled faults, without the move. */
  readonly planned: number;
  /** Faults that could not begin or be repaired, with the reason, for example because the task had ended. */
  readonly missed: readonly string[];
}

/** The data of a soak so far. Times are in ms of the monotonic clock. */
export class SoakRecord {
  readonly seed: number;
  readonly planned: number;
  /** The start of the first round and the end of the last one. */
  beganAt = 0;
  endedAt = 0;
  readonly rounds: PlayedRound[] = [];
  readonly samples: Sample[] = [];
  readonly tracker = new MoveTracker();
  readonly journal = new Journal();
  /** The times of host losses. */
  readonly losses: number[] = [];
  readonly kills: number[] = [];
  /** Samples of the clients before the first fault and after the last one. */
  before: Sample | undefined;
  after: Sample | undefined;
  /** Unfinished operations at the end. Undefined before. */
  unanswered: readonly ClientOperation[] | undefined;
  /** The timeout that ended the soak. */
  endedBy: string | undefined;
  /** The users' writes so far. */
  signatures: () => readonly Operation[] = () => [];
  /** Every value read at the end. */
  finalRead: readonly Operation[] | undefined;
  /** The maximum duration of a command of each client, in ms. */
  bounds: readonly number[] = [];
  isInterrupted = false;

  constructor(seed: number, planned: number) {
    this.seed = seed;
    this.planned = planned;
  }

  get lengthMs(): number {
    return this.endedAt - this.beganAt;
  }
}
