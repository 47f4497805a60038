import { scaleLinear } from "d3-scale";

/** Where on the time axis something lies. */
export interface TimeScale {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** How far from the left a time is, `12.5%`. */
  readonly left: (at: number) => string;
  /** How wide the time between two is. */
  readonly width: (from: number, to: number) => string;
  /** A time in words, `12.3 s`. */
  readonly words: (at: number) => string;
}

export interface TimeScaleOptions {
  readonly from: number;
  readonly to: number;
  /** What is called 0 s. @default from */
  readonly zero?: number;
  /** About how many ticks there are. @default 6 */
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

/** Two digits after the point are less than a pixel. */
const percent = (share: number): string => `${Math.round(share * 10_000) / 100}%`;
