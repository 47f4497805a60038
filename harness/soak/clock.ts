import { now } from "../ecs/index.ts";

/** Milliseconds of the machine's monotonic clock: the same in every process. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;

const offset = monotonic() - now();

/** A time of {@link now} in this process, on the monotonic clock. */
export const onMonotonic = (time: number): number => time + offset;
