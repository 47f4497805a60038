import { type ClientRequest, get as http } from "node:http";
import { get as https, type RequestOptions } from "node:https";
import { setTimeout } from "node:timers/promises";
import { StepError } from "./steps.ts";

/** After so many successes in a row, users notice nothing any more. */
const CALM = 20;

interface Answer {
  readonly at: number;
  readonly took: number;
  /** What went wrong; empty if nothing did. */
  readonly failure: string;
}

/** A user: asks the app again and again, each time on a new connection, without repeating a request. */
export class Prober implements Disposable {
  readonly #answers: Answer[] = [];
  readonly #waiting = new Set<ClientRequest>();
  readonly #timer: NodeJS.Timeout;
  readonly #interval: number;
  readonly #timeout: number;

  /**
   * @param host the load balancer, since the name in an https URL may be in no DNS yet
   * @param interval milliseconds between two requests
   * @param timeout milliseconds of a request
   */
  constructor(url: URL, host: string, interval: number, timeout = 10_000) {
    this.#interval = interval;
    this.#timeout = timeout;
    const { port, host: named, hostname: servername, pathname: path } = url;
    const options = { host, port, path, servername, headers: { host: named }, agent: false };
    const get = url.protocol === "https:" ? https : http;
    this.#timer = setInterval(() => this.#ask(get, options), interval);
  }

  /** What users noticed since a time of `performance.now()`. */
  since(start: number): string {
    const answers = this.#answers.filter(({ at }) => at >= start);
    const failures = answers.flatMap(({ failure }) => (failure === "" ? [] : [failure]));
    const successes = answers.flatMap(({ at, failure }) => (failure === "" ? [at] : []));
    const times = [start, ...successes, performance.now()];
    const gap = Math.max(...times.map((at, index) => at - (times[index - 1] ?? at)));
    const slowest = Math.max(0, ...answers.map(({ took }) => took));
    const why = failures.length === 0 ? "" : ` (${[...new Set(failures)].join(", ")})`;
    return `${failures.length} of ${answers.length} requests failed${why}; ${seconds(gap)} at most without a success; slowest answer ${seconds(slowest)}`;
  }

  /** Waits until users notice nothing any more. @throws StepError after `limit` milliseconds */
  async calm(limit: number, signal: AbortSignal): Promise<void> {
    const { length } = this.#answers;
    const end = performance.now() + limit;
    for (;;) {
      const last = this.#answers.slice(length).slice(-CALM);
      if (last.length === CALM && last.every(({ failure }) => failure === "")) return;
      if (performance.now() > end) break;
      await setTimeout(this.#interval, undefined, { signal });
    }
    const why = this.#answers.at(-1)?.failure || "too few answers";
    throw new StepError(`no ${CALM} successes in a row within ${seconds(limit)}: ${why} (--path)`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const request of this.#waiting) request.destroy();
  }

  #ask(get: typeof https, options: RequestOptions): void {
    const start = performance.now();
    const request = get({
      ...options,
      signal: AbortSignal.timeout(this.#timeout),
    });
    const end = (failure: string): void => {
      const at = performance.now();
      // A request may end twice: by its timeout, and by its connection.
      if (this.#waiting.delete(request)) this.#answers.push({ at, took: at - start, failure });
    };
    this.#waiting.add(request);
    request.on("error", ({ name, message }) => end(name === "AbortError" ? "no answer" : message));
    request.on("response", (response) => {
      const { statusCode = 0 } = response;
      response.on("error", () => end("a broken answer"));
      response.on("end", () => end(statusCode < 400 ? "" : `status ${statusCode}`));
      response.resume();
    });
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
