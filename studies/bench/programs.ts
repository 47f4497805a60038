import { findFirstCommand, thisSystem } from "../../harness/ecs/programs/operating-system.ts";

/** Names of programs, and where they are that an installation does not put on everyone's PATH. */
export const PLACES = {
  go: ["go", "/usr/local/go/bin/go"],
  unbound: ["unbound", "/usr/sbin/unbound"],
} as const;

/** A program that some figures need; without it they are left out. */
export type OptionalProgram = keyof typeof PLACES;

export const pathOfProgram = (name: OptionalProgram): string | undefined =>
  findFirstCommand(thisSystem(), PLACES[name]);
