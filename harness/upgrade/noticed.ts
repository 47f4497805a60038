import { FIGURES, impactOn } from "../plays/stage/measures.ts";
import type { Expectation, RecordedImpact, Recording } from "../plays/stage/recording.ts";
import { failed } from "../plays/stage/results.ts";
import { PLANNED_CHANGE } from "../plays/scenarios/planned-change.ts";

/** What users noticed of a change that was played. */
export interface Noticed {
  readonly impact: RecordedImpact;
  /** Whether the changed services became stable, and served again. */
  readonly isComplete: boolean;
  /** Milliseconds of the slowest answer during the change. */
  readonly slowest: number;
  readonly appStarts: string | undefined;
  /** Undefined if no writes were checked. */
  readonly lost: string | undefined;
  readonly acknowledged: string | undefined;
  /** What was expected and did not happen. */
  readonly failures: readonly Expectation[];
  /** Whether a guest book ran in place of the app. */
  readonly isGuestBook: boolean;
}

export function noticedIn(recording: Recording, isGuestBook: boolean): Noticed {
  const { steps, figures, requests } = recording;
  const at = steps.findIndex(({ title }) => title === PLANNED_CHANGE);
  const [from = Infinity, to = Infinity] = steps
    .slice(at < 0 ? steps.length : at)
    .map((each) => each.at);
  const during = requests.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const figure = (wanted: string): string | undefined =>
    figures.find(({ name }) => name === wanted)?.value;
  return {
    impact: steps[at]?.impact ?? impactOn(during),
    isComplete: steps[at]?.impact !== undefined,
    slowest: Math.max(0, ...during.map(({ sentAt, endedAt }) => endedAt - sentAt)),
    appStarts: figure(FIGURES.appStarts),
    lost: figure(FIGURES.lost),
    acknowledged: figure(FIGURES.acknowledged),
    failures: failed(recording),
    isGuestBook,
  };
}
