// Sources without a dialer and sockets.
import { onTestFinished, vi } from "vitest";

import { Source, type SourceSettings } from "../../../runtime/src/answers/source.ts";
import type { SrvAnswer, SrvResolver, SrvTarget } from "../../../runtime/src/base/types.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

export const NAME = "dev-redis.dev-ecs";

/** The defaults of the dialer. */
export const CACHE: SourceSettings["cache"] = {
  minTtl: 1_000,
  maxTtl: 60_000,
  negativeTtl: 100,
  maxStale: 300_000,
};

/** No cache: every dial queries DNS. */
export const NO_CACHE: SourceSettings["cache"] = {
  minTtl: 0,
  maxTtl: 0,
  negativeTtl: 0,
  maxStale: 0,
};

export function target(port: number, more: Partial<SrvTarget> = {}): SrvTarget {
  return { host: "127.0.0.1", port, priority: 0, weight: 0, ttl: 10, ...more };
}

/** Targets with one address, in order of priority. */
export const inOrder = (...ports: readonly number[]) =>
  ports.map((port, priority) => target(port, { priority }));

/** A resolver that returns these targets with a TTL of ten seconds. */
export function resolverOf(...targets: readonly SrvTarget[]): SrvResolver {
  return { resolve: () => Promise.resolve({ targets, ttl: 10 }) };
}

export function failingResolver(message: string): SrvResolver {
  return { resolve: () => Promise.reject<SrvAnswer>(new Error(message)) };
}

/** A source with one resolver, and its recorded events. It is closed at the end of the test. */
export function sourceOf(resolver: SrvResolver, settings: Partial<SourceSettings> = {}) {
  const onAnswer = vi.fn<(isNews: boolean) => void>();
  const clock = new VirtualClock();
  const source = new Source(
    {
      name: NAME,
      timeout: 5_000,
      family: "both",
      cache: CACHE,
      prefetch: true,
      clock,
      ...settings,
    },
    resolver,
    onAnswer,
  );
  onTestFinished(() => source.close(new Error("over")));
  return { source, clock, onAnswer };
}

/** A resolver that returns its answers in turn, and then repeats the last one. */
export function resolverInTurn(...answers: readonly (SrvAnswer | Error)[]) {
  const left = [...answers];
  return vi.fn<SrvResolver["resolve"]>(() => {
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer === undefined) throw new Error("no answer was given");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });
}

export function answerWith(
  targets: readonly SrvTarget[],
  more: Partial<SrvAnswer> = {},
): SrvAnswer {
  return { targets, ttl: 10, ...more };
}
