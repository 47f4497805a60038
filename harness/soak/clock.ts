import { now } from "../ecs/index.ts";
import { monotonic } from "./monotonic.ts";

const offset = monotonic() - now();

/** Converts a time of {@link now} in this process to the monotonic clock. */
export const onMonotonic = (time: number): number => time + offset;
