/** A daily or weekly time window in UTC, in which AWS may work on a resource. */
export interface TimeWindow {
  /** Minute of the day or of the week. The week begins on Monday. */
  readonly start: number;
  readonly minutes: number;
  readonly isWeekly: boolean;
}

const day = 24 * 60;
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Parses `03:00-04:00` or `sun:05:00-sun:06:00`; undefined for other text. */
export function parseWindow(text: string): TimeWindow | undefined {
  const match = /^(?:([a-z]{3}):)?(\d\d):(\d\d)-(?:([a-z]{3}):)?(\d\d):(\d\d)$/.exec(text);
  if (match === null || (match[1] === undefined) !== (match[4] === undefined)) return undefined;
  const start = minuteOf(match[1], Number(match[2]), Number(match[3]));
  const end = minuteOf(match[4], Number(match[5]), Number(match[6]));
  if (start === undefined || end === undefined) return undefined;
  const isWeekly = match[1] !== undefined;
  const length = isWeekly ? 7 * day : day;
  return { start, minutes: (end - start + length) % length, isWeekly };
}

function minuteOf(name: string | undefined, hour: number, minute: number): number | undefined {
  const index = name === undefined ? 0 : days.indexOf(name);
  if (index < 0 || hour > 23 || minute > 59) return undefined;
  return index * day + hour * 60 + minute;
}

/** Whether a daily window and a weekly one overlap. */
export function windowsOverlap(daily: string, weekly: string): boolean {
  const [one, other] = [parseWindow(daily), parseWindow(weekly)];
  if (one === undefined || other === undefined) return false;
  // Compare over two weeks, because a window may continue into the next week.
  return days.concat(days).some((_, index) => {
    const start = index * day + one.start;
    return [0, 7 * day].some(
      (week) =>
        start < other.start + week + other.minutes && other.start + week < start + one.minutes,
    );
  });
}
