import type { Socket } from "node:net";
import type { Endpoint } from "./attempt.ts";
import { Lifetime } from "../base/lifetime.ts";

export interface RaceOptions {
  /** Tried before the others, at once. */
  readonly first?: Endpoint | undefined;
  /** Head start in ms that each attempt has before the next begins beside it. */
  readonly attemptDelay: number;
  /** Ends the race; every attempt under way is destroyed. */
  readonly lifetime: Lifetime;
  readonly attempt: (endpoint: Endpoint, lifetime: Lifetime) => Promise<Socket>;
}

/**
 * Races endpoints after RFC 8305, section 5: an attempt begins when the one before has had its head
 * start, or at once when one has failed; earlier attempts keep running beside later ones. The first
 * to succeed wins, the others are destroyed.
 *
 * The endpoints are pulled one by one, when they are needed: a lookup that nobody needs is not made.
 *
 * @returns the winner, or undefined when every endpoint has failed; what failed, and how, is known
 * to `attempt`
 */
export function race(
  endpoints: AsyncIterator<Endpoint>,
  { first, attemptDelay, lifetime, attempt }: RaceOptions,
): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const attempts = new Lifetime();
    let running = 0;
    let pulling = false;
    let exhausted = false;
    let isOver = false;
    let headStart: NodeJS.Timeout | undefined;

    const finish = (how: () => void): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(headStart);
      lifetime.offEnd(onEnd);
      if (running > 0) attempts.end(lifetime.reason ?? new Error("another attempt was faster"));
      how();
    };
    const onEnd = (): void => finish(() => reject(lifetime.reason));

    const pull = async (): Promise<Endpoint | undefined> => {
      pulling = true;
      try {
        const { done, value } = await endpoints.next();
        return done === true ? undefined : value;
      } catch (error) {
        finish(() => reject(error));
        return undefined;
      } finally {
        pulling = false;
      }
    };

    const run = async (endpoint: Endpoint): Promise<void> => {
      running++;
      try {
        const socket = await attempt(endpoint, attempts);
        running--;
        if (isOver) socket.destroy();
        else finish(() => resolve(socket));
      } catch {
        running--;
        clearTimeout(headStart);
        void next();
      }
    };

    const begin = (endpoint: Endpoint): void => {
      headStart = setTimeout(() => void next(), attemptDelay);
      void run(endpoint);
    };

    const next = async (): Promise<void> => {
      if (isOver || pulling) return;
      if (!exhausted) {
        const endpoint = await pull();
        if (isOver) return;
        if (endpoint !== undefined) return begin(endpoint);
        exhausted = true;
      }
      if (running === 0) finish(() => resolve(undefined));
    };

    lifetime.onEnd(onEnd);
    if (first === undefined || isOver) void next();
    else begin(first);
  });
}
