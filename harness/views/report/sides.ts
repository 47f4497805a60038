import type { RecordedImpact, RecordedStep, Recording } from "../../plays/stage/recording.ts";

/** A recording and its short name on the page. */
export interface Side {
  readonly name: string;
  readonly recording: Recording;
}

/** Names recordings by their scenarios. A repeated scenario gets a number. */
export function sidesOf(recordings: readonly Recording[]): Side[] {
  return recordings.map((recording, index) => {
    const { scenario } = recording;
    const isOnce = recordings.filter((each) => each.scenario === scenario).length === 1;
    const time = recordings.slice(0, index + 1).filter((each) => each.scenario === scenario).length;
    return { name: isOnce ? scenario : `${scenario} ${time}`, recording };
  });
}

export type MeasuredStep = RecordedStep & { readonly impact: RecordedImpact };

export const isMeasured = (step: RecordedStep): step is MeasuredStep => step.impact !== undefined;

export const measuredSteps = ({ steps }: Recording): MeasuredStep[] => steps.filter(isMeasured);

/** A step of both sides. */
export interface Event {
  readonly title: string;
  readonly sides: readonly [EventSide, EventSide];
}

interface EventSide extends Side {
  /** Measured or skipped. */
  readonly step: RecordedStep;
}

/** The common steps of two recordings, such as `before` and `after`. Empty for one or several. */
export function eventsOf(sides: readonly Side[]): Event[] {
  const [one, other, ...more] = sides;
  if (!one || !other || more.length > 0) return [];
  const others = countedSteps(other);
  return countedSteps(one).flatMap((step) => {
    const index = others.findIndex(({ title }) => title === step.title);
    // A step may be repeated, so each is compared once.
    const [same] = index < 0 ? [] : others.splice(index, 1);
    if (!same) return [];
    const both = [
      { ...one, step },
      { ...other, step: same },
    ] as const;
    return [{ title: step.title, sides: both }];
  });
}

const countedSteps = ({ recording }: Side): RecordedStep[] =>
  recording.steps.filter((step) => isMeasured(step) || step.skipped !== undefined);
