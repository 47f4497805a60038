export interface PlayedRound {
  readonly number: number;
  readonly at: number;
  readonly movedAt: number;
  /** The number of scheduled faults, without the move. */
  readonly planned: number;
  /** Faults that could not begin or be repaired, with the reason, for example because the task had ended. */
  readonly missed: readonly string[];
}
