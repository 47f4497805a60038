import { isDeepStrictEqual } from "node:util";
import { startLocalEcs, type LocalEcs } from "../ecs/index.ts";
import { messageOf } from "../../command-line/error-text.ts";
import type { Setup } from "../plays/setups/setup.ts";
import { isServed, Load } from "../plays/stage/load.ts";
import { randomOf } from "../plays/stage/random.ts";
import { Stage } from "../plays/stage/stage.ts";
import { ClientProcess } from "./clients/client-process.ts";
import { PROFILES } from "./clients/profiles.ts";
import type { Sample } from "./clients/sample.ts";
import { onMonotonic } from "./clock.ts";
import { monotonic } from "./monotonic.ts";
import type { Defect } from "./defects.ts";
import { Journal } from "./journal.ts";
import { finalRead, signatures } from "./final-read.ts";
import { MoveTracker } from "./move-tracker.ts";
import { playRound } from "./round.ts";
import type { Round } from "./schedule/schedule.ts";
import { SoakRecord } from "./record.ts";
import { hasNoMore } from "./verdict/verdict.ts";

/** Average milliseconds between two requests of users. */
const USER_INTERVAL = 100;
/** Timeout of each wait without an active fault, in milliseconds. */
const TIMEOUT = 60_000;
/** Milliseconds within which every command ends after the clients stop. */
const LAST_COMMANDS = 30_000;
/** Milliseconds within which kept-alive sockets are closed. */
const LAST_SOCKETS = 20_000;

export interface SoakOptions {
  readonly setup: Setup;
  readonly seed: number;
  readonly rounds: readonly Round[];
  /** Milliseconds after which no round begins. @default none */
  readonly within?: number;
  readonly defect: Defect | undefined;
  /** Ends the soak early. The record so far is returned. */
  readonly signal: AbortSignal;
  /** Called after each round. @returns whether to continue */
  readonly onRound?: (record: SoakRecord, round: Round) => boolean;
}

/**
 * Moves Redis repeatedly under load, with other faults, and returns the record. A timeout ends the soak and is in
 * the record.
 * @throws HarnessError if the setup cannot run
 */
export async function soak(options: SoakOptions): Promise<SoakRecord> {
  const { setup, seed, signal } = options;
  await using ecs = await startLocalEcs({
    ...setup.local,
    random: randomOf(seed, "local ECS"),
  });
  const run = new Run(ecs, options);
  try {
    await run.begin();
    await run.play();
    await run.end();
  } catch (error) {
    if (signal.aborted) run.record.isInterrupted = true;
    else run.record.endedBy = messageOf(error);
  } finally {
    await run.close();
  }
  return run.record;
}

class Run {
  readonly record: SoakRecord;
  readonly #ecs: LocalEcs;
  readonly #options: SoakOptions;
  readonly #stage: Stage;
  readonly #tracker: MoveTracker;
  readonly #journal: Journal;
  #clients: ClientProcess | undefined;
  #users: Load | undefined;

  constructor(ecs: LocalEcs, options: SoakOptions) {
    const { setup, seed, signal } = options;
    this.#ecs = ecs;
    this.#options = options;
    this.#stage = new Stage({ ecs, setup, seed, signal, viewer: {} });
    this.record = new SoakRecord(seed, options.rounds.length);
    this.#tracker = this.record.tracker;
    this.#journal = this.record.journal;
  }

  /** Deploys, starts clients and users, and samples the clients before the first fault. */
  async begin(): Promise<void> {
    const { setup, seed, defect } = this.#options;
    const { srvName } = setup;
    if (srvName === undefined) throw new Error("Redis has no name in DNS here");
    await this.#abortable(this.#ecs.apply());
    await this.#abortable(this.#ecs.waitUntilStable());
    const url = this.#ecs.loadBalancers[0]?.url ?? "";
    const random = randomOf(seed, "requests");
    const users = new Load({ entrance: () => [url], random, interval: USER_INTERVAL });
    this.#users = users;
    this.record.signatures = () => signatures(users.outcomes);
    const { dnsServer, cloudMapApi } = this.#ecs;
    const password = this.#stage.credentials.password ?? "";
    this.#clients = new ClientProcess(
      { seed, srvName, password, dnsServer, cloudMapApi, defect },
      (operations) => {
        this.#journal.add(operations);
        this.#tracker.add(operations);
      },
    );
    this.record.bounds = await this.#clients.bounds();
    await this.#untilAllServed();
    let last: Sample | undefined;
    this.record.before = await this.#stage.until(
      "the clients hold what they need",
      async () => {
        const [earlier, sample] = [last, await this.#sample()];
        last = sample;
        return isDeepStrictEqual(earlier?.descriptors, sample.descriptors) ? sample : undefined;
      },
      TIMEOUT,
    );
  }

  async play(): Promise<void> {
    const { rounds, within = Infinity, onRound } = this.#options;
    this.record.beganAt = monotonic();
    for (const round of rounds) {
      if (monotonic() - this.record.beganAt >= within) return;
      this.record.rounds.push(await playRound(this.#stage, this.record, round));
      this.record.endedAt = monotonic();
      this.record.samples.push(await this.#sample());
      if (onRound?.(this.record, round) === false) return;
    }
  }

  /**
   * After the last fault: waits until clients are served and have no more descriptors than at first, and
   * every command has ended.
   */
  async end(): Promise<void> {
    await this.#abortable(this.#ecs.faults.clear());
    await this.#abortable(this.#ecs.waitUntilStable({ timeout: TIMEOUT }));
    await this.#untilAllServed();
    await this.#untilDescriptorsAreAsBefore();
    await this.#stop(LAST_COMMANDS);
    const guests = this.#users?.outcomes.flatMap(({ guest }) => guest ?? []) ?? [];
    const read = await this.#stage.readRedis((redis) =>
      finalRead(redis, this.#journal.keys, guests),
    );
    this.record.finalRead = read;
  }

  /** Also after an interruption or an error. Current operations are reported as they are. */
  async close(): Promise<void> {
    if (this.record.unanswered === undefined) await this.#stop(0).catch(() => {});
    await this.#clients?.[Symbol.asyncDispose]();
    await this.#stage.close();
  }

  async #stop(within: number): Promise<void> {
    try {
      const unanswered = (await this.#clients?.stop(within)) ?? [];
      this.record.unanswered = unanswered;
      this.#journal.add(unanswered);
    } finally {
      // Also if the client process has ended.
      await this.#users?.stop();
    }
  }

  async #sample(): Promise<Sample> {
    if (this.#clients === undefined) throw new Error("the clients have not been started");
    return this.#clients.sample();
  }

  /** Waits until each client has an answer and a user has signed the guest book. */
  async #untilAllServed(): Promise<void> {
    const since = monotonic();
    const waiting = (): string[] => {
      this.#clients?.throwIfGone();
      return [
        ...PROFILES.flatMap(({ name }, client) =>
          this.#isServedSince(client, since) ? [] : [`client ${client} (${name})`],
        ),
        ...(this.#isSignedSince(since) ? [] : ["the users of the app"]),
      ];
    };
    const what = "every client is served";
    await this.#stage
      .until(what, () => waiting().length === 0, TIMEOUT)
      .catch((error: unknown) => {
        if (this.#options.signal.aborted) throw error;
        throw new Error(`${what}: not within ${TIMEOUT / 1_000} s: ${waiting().join(", ")}`);
      });
  }

  #isServedSince(client: number, time: number): boolean {
    return (this.#journal.answeredAt.get(client) ?? 0) > time;
  }

  /** Otherwise the users' writes would not be checked. */
  #isSignedSince(time: number): boolean {
    const last = this.#users?.outcomes.findLast(
      (outcome) => outcome.guest !== undefined && isServed(outcome),
    );
    return last !== undefined && onMonotonic(last.sentAt) > time;
  }

  /** Only waits. The verdict checks the result. */
  async #untilDescriptorsAreAsBefore(): Promise<void> {
    const { before } = this.record;
    await this.#stage
      .until(
        "there are no more descriptors than before",
        async () => {
          const sample = await this.#sample();
          this.record.after = sample;
          return before !== undefined && hasNoMore(sample, before);
        },
        LAST_SOCKETS,
      )
      .catch((error: unknown) => {
        if (this.#options.signal.aborted) throw error;
      });
  }

  #abortable<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#options;
    return Promise.race([
      work,
      new Promise<never>((_, reject) => {
        signal.throwIfAborted();
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
    ]);
  }
}
