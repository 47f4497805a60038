import { scaleLinear } from "d3-scale";

export interface TimeScale {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** The distance of a time from the left, such as `12.5%`. */
  readonly left: (at: number) => string;
  /** The width of a time span. */
  readonly width: (from: number, to: number) => string;
  /** A time in words, `12.3 s`. */
  readonly words: (at: number) => string;
}

export interface TimeScaleOptions {
  readonly from: number;
  readonly to: number;
  /** The time shown as 0 s. @default from */
  readonly zero?: number;
  /** The approximate number of ticks. @default 6 */
  readonly tickCount?: number;
}

export function timeScale({ from, to, zero = from, tickCount = 6 }: TimeScaleOptions): TimeScale {
  const seconds = scaleLinear().domain([(from - zero) / 1_000, (to - zero) / 1_000]);
  const share = (at: number): number => (at - from) / (to - from);
  return {
    from,
    to,
    ticks: seconds.ticks(tickCount).map((at) => ({ at: zero + at * 1_000, label: `${at} s` })),
    left: (at) => percent(share(at)),
    width: (begin, end) => percent(share(end) - share(begin)),
    words: (at) => `${((at - zero) / 1_000).toFixed(1)} s`,
  };
}

/** Two decimals are more precise than a pixel. */
const percent = (share: number): string => `${Math.round(share * 10_000) / 100}%`;
