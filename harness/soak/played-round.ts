/** What a round did. */
export interface PlayedRound {
  readonly number: number;
  /** When it began. */
  readonly at: number;
  /** When Redis was moved away. */
  readonly movedAt: number;
  /** How many faults the schedule has beside the move. */
  readonly planned: number;
  /** Faults that could not begin or be repaired, each with its reason: the task was gone at that moment. */
  readonly missed: readonly string[];
}
