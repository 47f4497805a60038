import type { Clock } from "../base/clock.ts";
import { type SrvAttempt, type SrvAttemptPhase, toError } from "../base/errors.ts";
import type { Connection, Endpoint } from "./connection.ts";
import { type Cooldown, SHORT_HEAD_START } from "./order.ts";

/** How many attempts an error holds. */
const MOST_SHOWN = 100;

/** How long in ms an attempt may be silent before a dial that waits makes another one beside it: the server may have accepted the first one and never answer it. */
const SILENT = 1_000;

/** What an unfinished attempt waits for. */
const AWAITED: Readonly<Record<SrvAttemptPhase, string>> = {
  lookup: "its address",
  connect: "the connection",
  tls: "the TLS handshake",
  verify: "its reply to the check, such as PING",
};

/** The attempts on one endpoint, or the lookups of one host; all but the first are tries of a dial that waits. */
export interface Attempt {
  readonly host: string;
  /** Undefined for a lookup. */
  readonly address: string | undefined;
  readonly port: number;
  /** `found`: a lookup whose addresses have attempts of their own. */
  state: "entered" | "running" | "silent" | "failed" | "found";
  /** Of the last try. */
  phase: SrvAttemptPhase;
  /** True if the last try was unfinished at the end of its head start. */
  isSlow: boolean;
  /** Of the last try that failed, until the next one has used up its head start. */
  failure: Pick<SrvAttempt, "phase" | "error"> | undefined;
  tries: number;
  /** When the last try began, in ms of the clock. */
  at: number;
  /** The last pass in which it entered the race. */
  pass: number;
}

/** What one dial has tried: used for its error, and for the cooldown of failed targets. */
export class Attempts {
  readonly #cooldown: Cooldown;
  readonly #clock: Clock;
  readonly #isByHost: boolean;
  readonly #began: number;
  readonly #byKey = new Map<string, Attempt>();
  /** In the order of their first starts. */
  readonly #started: Attempt[] = [];
  #pass = 0;

  /** @param isByHost whether an address is another endpoint under another host, since TLS asks for the host */
  constructor(cooldown: Cooldown, clock: Clock, isByHost: boolean) {
    this.#cooldown = cooldown;
    this.#clock = clock;
    this.#isByHost = isByHost;
    this.#began = clock.now();
  }

  /** @returns false if the endpoint is in the race and not silent, or was entered in this pass */
  enter(endpoint: Endpoint): boolean {
    const key = this.#keyOf(endpoint);
    const attempt = this.#byKey.get(key) ?? this.#create(key, endpoint);
    const isFree = attempt.state === "failed" || attempt.state === "silent" || attempt.pass < 0;
    if (attempt.pass === this.#pass || !isFree) return false;
    attempt.pass = this.#pass;
    return true;
  }

  /** From now on, what has failed or is silent may be tried again. What is silent goes to the end of the order. */
  nextPass(): void {
    this.#pass++;
    const now = this.#clock.now();
    for (const each of this.#started) {
      if (each.state !== "running" || now < each.at + SILENT) continue;
      // A silent lookup is not made twice.
      if (each.phase !== "lookup") each.state = "silent";
      this.#cooldown.failed(each);
    }
  }

  /** @param endpoint that was entered */
  begin(endpoint: Endpoint): Attempt {
    const key = this.#keyOf(endpoint);
    return this.#begin(this.#byKey.get(key) ?? this.#create(key, endpoint), "connect");
  }

  beginLookup({ host, port }: { host: string; port: number }): Attempt {
    const key = lookupKey(host, port);
    const lookup = this.#byKey.get(key) ?? this.#create(key, { host, address: undefined, port });
    return this.#begin(lookup, "lookup");
  }

  /** Whether a lookup of the target is running, and has found nothing yet. */
  isLookingUp({ host, port }: { host: string; port: number }): boolean {
    return this.#byKey.get(lookupKey(host, port))?.state === "running";
  }

  failed(attempt: Attempt, reason: unknown): void {
    attempt.state = "failed";
    attempt.failure = { phase: attempt.phase, error: toError(reason) };
    this.#cooldown.failed(attempt);
  }

  /** Called at the end of a head start: marks unfinished attempts as slow. */
  headStartIsOver(): void {
    for (const each of this.#started) {
      if (each.state !== "running") continue;
      each.isSlow = true;
      each.failure = undefined;
    }
  }

  /**
   * Puts targets that used up their head start and lost to another target into the cooldown, as if they
   * had failed. Otherwise a lost host would delay every dial by a head start.
   */
  coolDownSlow({ host, address, port }: Connection): void {
    for (const each of this.#started) {
      const isSame = each.host === host && each.port === port;
      if (isSame && each.address === address) return;
      if (!isSame && each.isSlow) this.#cooldown.failed(each);
    }
  }

  /** Called at the deadline: puts failed targets into the cooldown, and unfinished ones that had some time. */
  timedOut(): void {
    const now = this.#clock.now();
    for (const each of this.#started) {
      const hadTime = each.isSlow || now - each.at >= SHORT_HEAD_START;
      if (each.state === "failed" || hadTime) this.#cooldown.failed(each);
    }
  }

  /** Whether an attempt or a lookup is running, and has no failure to show. */
  get isRunning(): boolean {
    return this.#shown.some(({ failure }) => failure === undefined);
  }

  get total(): number {
    return this.#shown.length;
  }

  tally(): SrvAttempt[] {
    return this.#shown.slice(0, MOST_SHOWN).map((each) => {
      const { host, address, port, phase, tries, at } = each;
      const error = new Error(`still waiting for ${AWAITED[phase]}`);
      const { failure = { phase, error } } = each;
      return { host, address, port, ...failure, tries, at: at - this.#began };
    });
  }

  get #shown(): Attempt[] {
    return this.#started.filter(({ state }) => state !== "found");
  }

  #begin(attempt: Attempt, phase: SrvAttemptPhase): Attempt {
    if (attempt.tries++ === 0) this.#started.push(attempt);
    attempt.state = "running";
    attempt.phase = phase;
    attempt.isSlow = false;
    attempt.at = this.#clock.now();
    return attempt;
  }

  #keyOf({ host, address, port }: Endpoint): string {
    return `${address} ${port}${this.#isByHost ? ` ${host}` : ""}`;
  }

  #create(key: string, { host, address, port }: Pick<Attempt, "host" | "address" | "port">) {
    const created: Attempt = {
      host,
      address,
      port,
      state: "entered",
      phase: "connect",
      isSlow: false,
      failure: undefined,
      tries: 0,
      at: 0,
      pass: -1,
    };
    this.#byKey.set(key, created);
    return created;
  }
}

const lookupKey = (host: string, port: number): string => `${host} ${port} lookup`;
