import { now } from "../../ecs/base/events.ts";
import { userTimeout } from "./user-timeout.ts";

/** One request as a user saw it. Times are milliseconds since the epoch. */
export interface RequestOutcome {
  /** The guest who signed. Undefined for a read. */
  readonly guest: string | undefined;
  readonly sentAt: number;
  readonly endedAt: number;
  /** HTTP status, or 0 without a response. */
  readonly status: number;
}

export interface LoadOptions {
  /** The current URLs of the app. Users try them in turn, and the next one if a connection is refused. */
  readonly entrance: () => readonly string[];
  /** Milliseconds between two requests, on average. @default 50 */
  readonly interval?: number;
  /** The path that users request with GET, such as `/healthz`. @default they sign or read the guest book */
  readonly path?: string;
  /** The share of requests that only read. @default 0.2 */
  readonly reads?: number;
  /** The names of users who sign begin with it. @default "guest" */
  readonly name?: string;
  /** Milliseconds a user waits for a response. @default 5000 */
  readonly timeout?: number;
  /** Decides when users arrive and whether they sign or read. @default Math.random */
  readonly random?: () => number;
}

type Settings = Required<Omit<LoadOptions, "path">> & Pick<LoadOptions, "path">;

/** Users who sign or read the guest book. They do not wait for earlier responses. */
export class Load {
  readonly outcomes: RequestOutcome[] = [];
  readonly #options: Settings;
  readonly #underWay = new Map<number, { sentAt: number; visit: Promise<void> }>();
  #timer: NodeJS.Timeout | undefined;
  #requests = 0;
  #guests = 0;

  constructor(options: LoadOptions) {
    const defaults = {
      interval: 50,
      reads: 0.2,
      name: "guest",
      timeout: 5_000,
      random: Math.random,
    };
    this.#options = { ...defaults, ...options };
    this.#wait();
  }

  get acknowledged(): string[] {
    return this.outcomes.filter(isServed).flatMap(({ guest }) => guest ?? []);
  }

  /** Outcomes of the requests sent within a time span. */
  between(from: number, to: number = Number.POSITIVE_INFINITY): RequestOutcome[] {
    return this.outcomes.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  }

  /** Whether every request sent before the time has ended. */
  isSettledUntil(time: number): boolean {
    return [...this.#underWay.values()].every(({ sentAt }) => sentAt >= time);
  }

  /** The number of users who arrived before a time and have no response yet. */
  waitingSince(time: number): number {
    return [...this.#underWay.values()].filter(({ sentAt }) => sentAt < time).length;
  }

  /** Deletes the outcomes that ended before a time. @returns their number */
  forget(time: number): number {
    const kept = this.outcomes.findIndex(({ endedAt }) => endedAt >= time);
    return this.outcomes.splice(0, kept < 0 ? this.outcomes.length : kept).length;
  }

  /** Stops sending requests. Resolves once all have ended. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all([...this.#underWay.values()].map(({ visit }) => visit));
  }

  /** Waits 0.5 to 1.5 intervals, because users do not arrive regularly. */
  #wait(): void {
    const { interval, random } = this.#options;
    this.#timer = setTimeout(() => this.#arrive(), interval * (0.5 + random()));
  }

  #arrive(): void {
    this.#wait();
    const { path, reads, name, random } = this.#options;
    const isReader = path !== undefined || random() < reads;
    const guest = isReader ? undefined : `${name}-${++this.#guests}`;
    const request = ++this.#requests;
    const sentAt = now();
    this.#underWay.set(request, { sentAt, visit: this.#visit(request, guest, sentAt) });
  }

  async #visit(request: number, guest: string | undefined, sentAt: number): Promise<void> {
    const status = await this.#send(request, guest);
    this.outcomes.push({ guest, sentAt, endedAt: now(), status });
    this.#underWay.delete(request);
  }

  async #send(request: number, guest: string | undefined): Promise<number> {
    const {
      entrance,
      timeout,
      path = guest === undefined ? "/guests" : `/guests/${guest}`,
    } = this.#options;
    using waiting = userTimeout(timeout);
    const method = guest === undefined ? "GET" : "POST";
    for (const url of inTurn(entrance(), request)) {
      try {
        const response = await fetch(url + path, {
          method,
          // Each request is from another user. Also, a kept connection may close while it is reused.
          headers: { connection: "close" },
          signal: waiting.signal,
        });
        await response.arrayBuffer();
        return response.status;
      } catch (error) {
        if (!isRefused(error)) return 0;
      }
    }
    return 0;
  }
}

/** Rotates the list by the request's number. */
const inTurn = <T>(all: readonly T[], request: number): readonly T[] => {
  const first = request % Math.max(1, all.length);
  return [...all.slice(first), ...all.slice(0, first)];
};

/** The connection was refused, so no app received the request. */
const isRefused = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && Reflect.get(cause, "code") === "ECONNREFUSED";
};

export function isServed({ status }: Pick<RequestOutcome, "status">): boolean {
  return status >= 200 && status < 300;
}
