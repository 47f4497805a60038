import { now, startLocalEcs, type EcsEvent, type LocalEcs } from "../../ecs/index.ts";
import { messageOf } from "../../../command-line/error-text.ts";
import { playFault, type Repair } from "../../plays/faults/fault.ts";
import type { Setup } from "../../plays/setups/setup.ts";
import type { LoadOptions } from "../../plays/stage/load.ts";
import { randomOf } from "../../plays/stage/random.ts";
import { Stage } from "../../plays/stage/stage.ts";
import { firstDeploy } from "../../plays/steps/first-deploy.ts";
import { impactOn } from "../../plays/stage/measures.ts";
import type { RecordedImpact, RecordedStep } from "../../plays/stage/recording.ts";
import { ActionRun } from "./action-run.ts";
import { type Action, actions } from "./actions.ts";
import { endedSince, usersNow, type UsersNow } from "./users-now.ts";

/** The setup: app and Redis in two services, or in one task. */
export type SideId = "new" | "old";

export interface SideOptions {
  readonly id: SideId;
  readonly setup: Setup;
  readonly seed: number;
  /** @default the name of the setup */
  readonly title?: string;
  /** The users' requests. @default the guest book */
  readonly users?: Pick<LoadOptions, "path">;
  /** Called when the environment exists, before its first deploy. */
  readonly onOpen: (ecs: LocalEcs) => void;
  readonly onChange: () => void;
}

/** The first deploy or a repair. Without an end while it runs. */
interface TimedStep {
  readonly title: string;
  readonly at: number;
  until?: number;
}

/** Milliseconds for which requests are kept. The cost of a press that lasts longer is that of its last hour. */
const MEMORY = 3_600_000;

/** Milliseconds between two checks of time-dependent state. */
const CHECK_INTERVAL = 250;

const FIRST_DEPLOY = "First deploy";

/** A running setup with users and actions. */
export class Side implements AsyncDisposable {
  readonly id: SideId;
  readonly title: string;
  readonly #options: SideOptions;
  readonly #stopped = new AbortController();
  readonly #steps: (TimedStep | ActionRun)[] = [];
  /** The last press of each button, by the action's name. */
  readonly #runs = new Map<string, ActionRun>();
  /** The repairs of the faults that have begun, by the action's name. */
  readonly #repairs = new Map<string, Promise<Repair | undefined>>();
  #stage: Stage | undefined;
  #starting: Promise<void> | undefined;
  #current: string | undefined = FIRST_DEPLOY;
  #error: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: SideOptions) {
    this.#options = options;
    this.id = options.id;
    this.title = options.title ?? (options.id === "new" ? "New setup" : "Old setup");
  }

  get setup(): Setup {
    return this.#options.setup;
  }

  /** Undefined while the environment starts. */
  get stage(): Stage | undefined {
    return this.#stage;
  }

  /** The title of the running action. Undefined: idle. */
  get current(): string | undefined {
    return this.#current;
  }

  /** Why the environment has no users, if its start or deploy failed. */
  get error(): string | undefined {
    return this.#error;
  }

  /** The first deploy, presses and repairs, in order. */
  get steps(): RecordedStep[] {
    return this.#steps.map((step) => (step instanceof ActionRun ? step.step : step));
  }

  get users(): UsersNow {
    if (this.#stage) return usersNow(this.#stage);
    return { served: 0, failed: 0, waiting: 0, verdict: "absent" };
  }

  /** Starts the environment. Resolves before its first deploy is done. */
  start(): Promise<void> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#fail(`It could not be started: ${messageOf(error)}`);
      throw error;
    });
    return this.#starting;
  }

  run({ fault }: Action): ActionRun | undefined {
    return this.#runs.get(fault.name);
  }

  /** Whether an action's fault is active. */
  isActive({ lasting, fault: { primitive } }: Action): boolean {
    if (lasting === undefined) return false;
    return this.#stage?.ecs.faults.active.some(({ fault }) => fault === primitive) ?? false;
  }

  /** Why an action cannot begin here now. Undefined: it can. */
  refusalOf({ needsRedis, notInOldSetup }: Action): string | undefined {
    if (this.#error !== undefined) return "this setup does not run";
    if (this.id === "old" && notInOldSetup !== undefined) return notInOldSetup;
    return needsRedis && !this.#hasRedis ? "no Redis is running" : undefined;
  }

  /** Records why a press had no effect here. */
  skip(action: Action, why: string): void {
    this.#press(action).fail(why);
  }

  act(action: Action): void {
    for (const earlier of this.#recovering) earlier.enter("interrupted");
    const run = this.#press(action);
    void this.#do(
      action.title,
      () => this.#begin(action, run),
      (error) => run.fail(error),
    );
  }

  async repair({ fault, lasting }: Action): Promise<void> {
    const step: TimedStep = { title: lasting?.repairTitle ?? "", at: now() };
    this.#steps.push(step);
    try {
      const repair = await this.#repairs.get(fault.name);
      await repair?.();
    } catch (error) {
      this.#runs.get(fault.name)?.note(messageOf(error));
    }
    step.until = now();
    this.#options.onChange();
  }

  /** Closes everything. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(): Promise<void> {
    const { setup, seed, users, onOpen } = this.#options;
    // Each setup has separate random numbers, because equal addresses would conflict.
    const random = randomOf(seed, this.id === "new" ? "local ECS" : "local ECS of the old setup");
    const ecs = await startLocalEcs({ ...setup.local, random });
    const { signal } = this.#stopped;
    if (signal.aborted) return ecs.close();
    const stage = new Stage({ ecs, setup, seed, signal, viewer: {}, ...(users && { users }) });
    this.#stage = stage;
    ecs.events.on("event", (event) => this.#hear(event));
    onOpen(ecs);
    this.#timer = setInterval(() => this.#check(), CHECK_INTERVAL).unref();
    const step: TimedStep = { title: FIRST_DEPLOY, at: now() };
    this.#steps.push(step);
    void this.#do(
      FIRST_DEPLOY,
      async () => {
        await firstDeploy.play(stage);
        step.until = now();
      },
      (error) => this.#fail(`The first deploy failed: ${error}. Start the playground again.`),
    );
  }

  #fail(error: string): void {
    this.#current = undefined;
    if (!this.#stopped.signal.aborted) this.#error = error;
  }

  async #close(): Promise<void> {
    this.#stopped.abort(new Error("the playground was closed"));
    clearInterval(this.#timer);
    await this.#starting?.catch(() => {});
    await this.#stage?.ecs.close();
    await this.#stage?.close();
  }

  get #hasRedis(): boolean {
    const redis = this.#stage?.ecs.services.find(({ name }) => name === this.setup.services.redis);
    return redis?.tasks.some(({ status }) => status === "RUNNING") ?? false;
  }

  #hear(event: EcsEvent): void {
    if (event.type === "fault" && !event.active) this.#recover();
    this.#options.onChange();
  }

  /** Marks the actions of ended faults as recovering. */
  #recover(): void {
    for (const action of actions) {
      const run = this.run(action);
      if (run?.phase === "lasting" && !this.isActive(action)) run.enter("recovering");
    }
  }

  /** Checks time-dependent state. */
  #check(): void {
    this.#stage?.forget(now() - MEMORY);
    const recovering = this.#recovering;
    if (recovering.length === 0 || !this.#isSteady()) return;
    for (const run of recovering) run.enter("over");
    this.#options.onChange();
  }

  get #recovering(): ActionRun[] {
    return [...this.#runs.values()].filter(({ phase }) => phase === "recovering");
  }

  /** Whether users are served and every service is stable. */
  #isSteady(): boolean {
    const services = this.#stage?.ecs.services ?? [];
    return this.users.verdict === "served" && services.every(({ stable }) => stable);
  }

  async #do(
    title: string,
    work: () => Promise<void> | void,
    onError: (error: string) => void,
  ): Promise<void> {
    this.#current = title;
    this.#options.onChange();
    try {
      await work();
    } catch (error) {
      onError(messageOf(error));
    }
    this.#current = undefined;
    this.#options.onChange();
  }

  #press({ fault, title }: Action): ActionRun {
    const run = new ActionRun(title, (time) => this.#costSince(time));
    this.#runs.set(fault.name, run);
    this.#steps.push(run);
    return run;
  }

  #costSince(time: number): RecordedImpact {
    const { requests = [] } = this.#stage ?? {};
    return impactOn(endedSince(requests, time), this.#stage?.redisStartsSince(time) ?? 0);
  }

  /** Plays a fault to its end, or only the beginning of a lasting one. */
  async #begin(action: Action, run: ActionRun): Promise<void> {
    const { fault, lasting } = action;
    const stage = this.#stage;
    if (!stage) throw new Error("the environment is still starting");
    if (lasting === undefined) {
      await playFault(stage, fault);
      return run.enter("recovering");
    }
    const begun = (async () => fault.begin(stage))();
    this.#repairs.set(fault.name, begun);
    await begun;
    run.enter("lasting");
    this.#recover();
  }
}
