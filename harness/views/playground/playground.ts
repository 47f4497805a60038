import { messageOf, now, startLocalEcs } from "../../ecs/index.ts";
import type { Setup } from "../../plays/setups/setup.ts";
import type { RecordedRequest, Recording } from "../../plays/stage/recording.ts";
import { playFault, type Repair } from "../../plays/faults/fault.ts";
import { recordedFaults } from "../../plays/stage/recorded-faults.ts";
import { isServed } from "../../plays/stage/load.ts";
import { randomOf } from "../../plays/stage/random.ts";
import { Stage } from "../../plays/stage/stage.ts";
import { firstDeploy } from "../../plays/steps/first-deploy.ts";
import { type Action, actions } from "./actions.ts";

export interface PlaygroundOptions {
  readonly setup: Setup;
  readonly seed: number;
}

/** Why something is not done, for the person who asked. */
export interface Refusal {
  readonly kind: "unknown" | "conflict";
  readonly message: string;
}

/** One run of an action, which has ended or goes on now. */
export interface ActionRun {
  readonly title: string;
  readonly at: number;
  /** Undefined while it goes on. */
  readonly endedAt?: number;
  /** Why it did not come to its end. */
  readonly error?: string;
}

/** Milliseconds for which single requests are kept, and between two looks at their age. */
const MEMORY = 10 * 60_000;
const FORGET_INTERVAL = 10_000;

/** Milliseconds that services may take to become stable again. */
const PATIENCE = 120_000;

/** A running environment with users, for faults and repairs by hand: one action at a time. */
export class Playground implements AsyncDisposable {
  readonly stage: Stage;
  readonly startedAt = now();
  readonly #options: PlaygroundOptions;
  readonly #stopped: AbortController;
  readonly #ended: ActionRun[] = [];
  /** The repairs of the faults that have begun, by name. */
  readonly #repairs = new Map<string, Promise<Repair | undefined>>();
  readonly #listeners = new Set<() => void>();
  /** Counts of old requests, which are not kept. */
  readonly #earlier = { served: 0, failed: 0 };
  readonly #forgetting: NodeJS.Timeout;
  #current: ActionRun | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: PlaygroundOptions, stage: Stage, stopped: AbortController) {
    this.#options = options;
    this.#stopped = stopped;
    this.stage = stage;
    this.#forgetting = setInterval(() => this.#forget(), FORGET_INTERVAL).unref();
    stage.ecs.events.on("event", () => this.#changed());
  }

  /** Starts the environment; its first deploy is still under way when this resolves. */
  static async start(options: PlaygroundOptions): Promise<Playground> {
    const { setup, seed } = options;
    const ecs = await startLocalEcs({
      ...setup.local,
      random: randomOf(seed, "local ECS"),
    });
    const stopped = new AbortController();
    const { signal } = stopped;
    const stage = new Stage({ ecs, setup, seed, signal, viewer: {} });
    const playground = new Playground(options, stage, stopped);
    void playground.#do("First deploy", () => firstDeploy.play(stage));
    return playground;
  }

  get environment(): string {
    return this.#options.setup.environment;
  }

  /** The run that goes on now. */
  get current(): ActionRun | undefined {
    return this.#current;
  }

  /** All runs, by the times of their beginnings. */
  get runs(): readonly ActionRun[] {
    const all = this.#current ? [...this.#ended, this.#current] : [...this.#ended];
    return all.toSorted((a, b) => a.at - b.at);
  }

  /** The run that ended last. */
  get lastRun(): ActionRun | undefined {
    return this.#ended.at(-1);
  }

  get #hasRedis(): boolean {
    const { ecs, setup } = this.stage;
    const redis = ecs.services.find(({ name }) => name === setup.services.redis);
    return redis?.tasks.some(({ status }) => status === "RUNNING") ?? false;
  }

  /** Requests since the start. */
  get counts(): { readonly served: number; readonly failed: number } {
    const { requests } = this.stage;
    const served = requests.filter(isServed).length;
    const { served: earlier, failed } = this.#earlier;
    return { served: earlier + served, failed: failed + requests.length - served };
  }

  /** Whether an action's fault lasts now. */
  isActive({ fault: { primitive } }: Action): boolean {
    return this.stage.ecs.faults.active.some(({ fault }) => fault === primitive);
  }

  /** Begins an action. @returns why not, where it does not */
  act(name: string): Refusal | undefined {
    const action = actionOf(name);
    if (action === undefined) return unknown(name);
    const { title, needsRedis } = action;
    if (this.#current) {
      return conflict(`“${this.#current.title}” is still going on: one thing at a time`);
    }
    if (this.isActive(action)) return conflict(`“${title}” lasts already`);
    if (needsRedis && !this.#hasRedis) return conflict("no Redis is running at the moment");
    void this.#do(title, () => this.#begin(action));
    return undefined;
  }

  /** Repairs a fault; that is allowed at any time. @returns why not, where it does not */
  undo(name: string): Refusal | undefined {
    const action = actionOf(name);
    if (action === undefined) return unknown(name);
    const { repairTitle, title, fault } = action;
    if (repairTitle === undefined || !this.isActive(action)) {
      return conflict(`“${title}” does not last now`);
    }
    void this.#repair(fault.name, repairTitle);
    return undefined;
  }

  /** Calls back after every change. @returns what ends that */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Requests that ended since a time. */
  requestsSince(time: number): RecordedRequest[] {
    const { requests } = this.stage;
    const first = requests.findIndex(({ endedAt }) => endedAt >= time);
    return first < 0 ? [] : requests.slice(first);
  }

  /** What happened until now, for a report. */
  record(): Recording {
    const { stage, startedAt, environment } = this;
    return {
      scenario: "playground",
      title: `Playground: ${environment}`,
      environment,
      seed: this.#options.seed,
      startedAt,
      endedAt: now(),
      steps: this.runs.map(({ title, at }) => ({ title, at })),
      events: stage.events,
      requests: stage.requests,
      figures: [],
      expectations: [],
      faults: recordedFaults(stage.events),
    };
  }

  /** Ends everything; may be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#forgetting);
    this.#listeners.clear();
    this.#stopped.abort(new Error("the playground has been closed"));
    await this.stage.ecs.close();
    await this.stage.close();
  }

  async #do(title: string, work: () => Promise<void> | void): Promise<void> {
    this.#current = { title, at: now() };
    this.#changed();
    await this.#attempt(this.#current, work);
    this.#current = undefined;
    this.#changed();
  }

  /** Plays a fault to its end; of one that lasts only the beginning. */
  async #begin({ fault, repairTitle }: Action): Promise<void> {
    const { stage } = this;
    if (repairTitle === undefined) {
      await playFault(stage, fault);
      // A kill is over at once; what people do goes on until every service is stable.
      if (fault.primitive === undefined) await stage.ecs.waitUntilStable({ timeout: PATIENCE });
      return;
    }
    const begun = (async () => fault.begin(stage))();
    this.#repairs.set(fault.name, begun);
    await begun;
  }

  async #repair(name: string, title: string): Promise<void> {
    await this.#attempt({ title, at: now() }, async () => {
      const repair = await this.#repairs.get(name);
      await repair?.();
    });
    this.#changed();
  }

  async #attempt(run: ActionRun, work: () => Promise<void> | void): Promise<void> {
    const error = await Promise.resolve()
      .then(work)
      .then(
        () => ({}),
        (failure: unknown) => ({ error: messageOf(failure) }),
      );
    this.#ended.push({ ...run, endedAt: now(), ...error });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Old requests are only counted: a playground may run for days. */
  #forget(): void {
    const { requests } = this.stage;
    const old = requests.findIndex(({ endedAt }) => endedAt >= now() - MEMORY);
    if (old <= 0) return;
    const forgotten = this.stage.load.outcomes.splice(0, old);
    const served = forgotten.filter(isServed).length;
    this.#earlier.served += served;
    this.#earlier.failed += forgotten.length - served;
  }
}

const actionOf = (name: string): Action | undefined =>
  actions.find(({ fault }) => fault.name === name);

const unknown = (name: string): Refusal => {
  const known = actions.map(({ fault }) => fault.name).join(", ");
  return { kind: "unknown", message: `there is no action "${name}"; actions are: ${known}` };
};

const conflict = (message: string): Refusal => ({ kind: "conflict", message });
