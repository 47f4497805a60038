import type { Redis } from "ioredis";
import type { RequestOutcome } from "../plays/stage/load.ts";
import { isServed } from "../plays/stage/load.ts";
import { onMonotonic } from "./clock.ts";
import { monotonic } from "./monotonic.ts";
import type { Operation } from "./history/operation.ts";

/** Authors of operations other than the clients, which are numbered from 0. */
export const USERS = -1;
export const FINAL_READ = -2;

/** Keys per command. */
const MANY = 500;

const guestKey = (guest: string): string => `guest:${guest}`;

/** The users' writes as operations. */
export function signatures(outcomes: readonly RequestOutcome[]): Operation[] {
  return outcomes.flatMap((outcome) => {
    const { guest, sentAt, endedAt } = outcome;
    if (guest === undefined) return [];
    const end = isServed(outcome) ? onMonotonic(endedAt) : undefined;
    const start = onMonotonic(sentAt);
    return { client: USERS, key: guestKey(guest), kind: "set", value: guest, start, end };
  });
}

/** Reads every key and every guest at the end, without concurrent operations. */
export async function finalRead(
  redis: Redis,
  keys: readonly string[],
  guests: readonly string[],
): Promise<Operation[]> {
  const values = await inParts(keys, (some) => redis.mget(some));
  const signed = await inParts(guests, (some) => redis.smismember("guests", some));
  return [
    ...values.map(({ name: key, ...read }) => ({ ...read, key })),
    ...signed.map(({ name, result, ...read }) => ({
      ...read,
      key: guestKey(name),
      result: result === 1 ? name : null,
    })),
  ];
}

async function inParts<T>(names: readonly string[], ask: (some: string[]) => Promise<T[]>) {
  const read: {
    client: number;
    kind: "get";
    name: string;
    result: T;
    start: number;
    end: number;
  }[] = [];
  for (let index = 0; index < names.length; index += MANY) {
    const some = names.slice(index, index + MANY);
    const start = monotonic();
    const results = await ask(some);
    const end = monotonic();
    for (const [place, name] of some.entries()) {
      const result = results[place] as T;
      read.push({ client: FINAL_READ, kind: "get", name, result, start, end });
    }
  }
  return read;
}
