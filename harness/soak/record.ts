import type { ClientOperation } from "./clients/messages.ts";
import type { Sample } from "./clients/sample.ts";
import type { Operation } from "./history/operation.ts";
import { Journal } from "./journal.ts";
import { Places } from "./places.ts";
import type { PlayedRound } from "./played-round.ts";

/** All that a soak has seen so far. Times are of the monotonic clock, in ms. */
export class SoakRecord {
  readonly seed: number;
  /** How many rounds there are in the schedule. */
  readonly planned: number;
  /** When the first round began, and when the last one ended. */
  beganAt = 0;
  endedAt = 0;
  readonly rounds: PlayedRound[] = [];
  readonly samples: Sample[] = [];
  readonly places = new Places();
  readonly journal = new Journal();
  /** When hosts were lost, and how many bytes that were not synced with each. */
  readonly losses: { readonly at: number; bytes: number }[] = [];
  /** When Redis was killed. */
  readonly kills: number[] = [];
  /** What the clients held before the first fault, and after the last one. */
  before: Sample | undefined;
  after: Sample | undefined;
  /** Operations that had not ended at the end; undefined before it. */
  unanswered: readonly ClientOperation[] | undefined;
  /** What did not come in its time and ended the soak. */
  endedBy: string | undefined;
  /** What users wrote so far. */
  signatures: () => readonly Operation[] = () => [];
  /** Every value as it was read at the end. */
  finalRead: readonly Operation[] | undefined;
  /** How long a command of each client may take, in ms. */
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
