import { lookup } from "node:dns";
import { setTimeout } from "node:timers/promises";
import { Agent, request } from "undici";

/** After so many successes in a row, users notice nothing any more. */
const CALM = 20;

/** An answer; its failure is empty if nothing went wrong. */
type Answer = Readonly<{ at: number; took: number; failure: string }>;

const isSuccess = ({ failure }: Answer): boolean => failure === "";

export type Prober = ReturnType<typeof startProber>;

/**
 * A user: asks the app again and again, each time on a new connection, without repeating a request.
 * @param host the load balancer, since the name in the URL may be in no DNS yet
 * @param interval milliseconds between two requests
 * @param timeout milliseconds of a request
 */
export function startProber(url: URL, host: string, interval: number, timeout = 10_000) {
  const answers: Answer[] = [];
  const dispatcher = new Agent({
    pipelining: 0,
    connect: { lookup: (_name, options, found) => lookup(host, options, found) },
  });
  const ask = async (): Promise<void> => {
    const start = performance.now();
    const failure = await request(url, { dispatcher, signal: AbortSignal.timeout(timeout) })
      .then(async ({ statusCode, body }) => {
        await body.dump();
        return statusCode < 400 ? "" : `status ${statusCode}`;
      })
      .catch(({ name, message }: Error) => (name === "TimeoutError" ? "no answer" : message));
    const at = performance.now();
    answers.push({ at, took: at - start, failure });
  };
  const timer = setInterval(() => void ask(), interval);
  return {
    /** What users noticed since a time of `performance.now()`. */
    since(start: number): string {
      const since = answers.filter(({ at }) => at >= start);
      const failures = since.filter((each) => !isSuccess(each)).map(({ failure }) => failure);
      const successes = since.filter(isSuccess).map(({ at }) => at);
      const times = [start, ...successes, performance.now()];
      const gap = Math.max(...times.map((at, index) => at - (times[index - 1] ?? at)));
      const slowest = Math.max(0, ...since.map(({ took }) => took));
      const why = failures.length === 0 ? "" : ` (${[...new Set(failures)].join(", ")})`;
      return `${failures.length} of ${since.length} requests failed${why}; ${seconds(gap)} at most without a success; slowest answer ${seconds(slowest)}`;
    },

    /** Waits until users notice nothing any more. @throws Error after `limit` milliseconds */
    async calm(limit: number, signal: AbortSignal): Promise<void> {
      const { length } = answers;
      const end = performance.now() + limit;
      while (performance.now() < end) {
        const last = answers.slice(length).slice(-CALM);
        if (last.length === CALM && last.every(isSuccess)) return;
        await setTimeout(interval, undefined, { signal });
      }
      const why = answers.at(-1)?.failure || "too few answers";
      throw new Error(`no ${CALM} successes in a row within ${seconds(limit)}: ${why} (--path)`);
    },

    [Symbol.dispose](): void {
      clearInterval(timer);
      void dispatcher.destroy();
    },
  };
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
