/** One request as a user saw it. Times are milliseconds since the epoch. */
export interface RequestOutcome {
  readonly guest: string;
  readonly sentAt: number;
  readonly endedAt: number;
  /** HTTP status; 0 when no response came. */
  readonly status: number;
}

export interface LoadOptions {
  /** The load balancer's URL. */
  readonly url: string;
  /** Milliseconds between two requests. @default 50 */
  readonly interval?: number;
  /** Milliseconds a user waits for a response. @default 5000 */
  readonly patience?: number;
}

const now = (): number => performance.timeOrigin + performance.now();

/** Users who sign the guest book at a steady pace, whether or not earlier ones were answered. */
export class Load {
  readonly outcomes: RequestOutcome[] = [];
  readonly #url: string;
  readonly #patience: number;
  readonly #timer: NodeJS.Timeout;
  readonly #underWay = new Map<string, { sentAt: number; visit: Promise<void> }>();
  #guests = 0;

  constructor({ url, interval = 50, patience = 5_000 }: LoadOptions) {
    this.#url = url;
    this.#patience = patience;
    this.#timer = setInterval(() => this.#arrive(), interval);
  }

  /** The guests whose writes were acknowledged. */
  get acknowledged(): string[] {
    return this.outcomes.filter(isServed).map(({ guest }) => guest);
  }

  /** Outcomes of the requests sent within a span of time. */
  between(from: number, to: number = Number.POSITIVE_INFINITY): RequestOutcome[] {
    return this.outcomes.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  }

  /** True when no request sent before the time is under way any more. */
  isSettledUntil(time: number): boolean {
    return [...this.#underWay.values()].every(({ sentAt }) => sentAt >= time);
  }

  /** No further requests; resolves once those under way have ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#underWay.values()].map(({ visit }) => visit));
  }

  #arrive(): void {
    const guest = `guest-${++this.#guests}`;
    const sentAt = now();
    this.#underWay.set(guest, { sentAt, visit: this.#sign(guest, sentAt) });
  }

  async #sign(guest: string, sentAt: number): Promise<void> {
    const status = await this.#post(guest);
    this.outcomes.push({ guest, sentAt, endedAt: now(), status });
    this.#underWay.delete(guest);
  }

  async #post(guest: string): Promise<number> {
    try {
      const response = await fetch(`${this.#url}/guests/${guest}`, {
        method: "POST",
        signal: AbortSignal.timeout(this.#patience),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }
}

export function isServed({ status }: RequestOutcome): boolean {
  return status >= 200 && status < 300;
}
