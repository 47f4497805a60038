import { now } from "../ecs/index.ts";
import { monotonic } from "./monotonic.ts";

const offset = monotonic() - now();

/** A time of {@link now} in this process, on the monotonic clock. */
export const onMonotonic = (time: number): number => time + offset;
