import { findFirstCommand, thisSystem } from "../../harness/ecs/programs/operating-system.ts";

/** Names of programs, and paths where installers put them if they are not on PATH. */
export const LOCATIONS = {
  haproxy: ["haproxy", "/usr/sbin/haproxy"],
  "redis-benchmark": ["redis-benchmark", "/usr/bin/redis-benchmark"],
} as const;

/** A program that some figures need. Without it they are skipped. */
export type OptionalProgram = keyof typeof LOCATIONS;

export const pathOfProgram = (name: OptionalProgram): string | undefined =>
  findFirstCommand(thisSystem(), LOCATIONS[name]);
