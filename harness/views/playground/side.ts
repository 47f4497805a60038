import { messageOf, now, startLocalEcs, type EcsEvent, type LocalEcs } from "../../ecs/index.ts";
import { playFault, type Repair } from "../../plays/faults/fault.ts";
import { APP, REDIS, type Setup } from "../../plays/setups/setup.ts";
import { isServed, type LoadOptions } from "../../plays/stage/load.ts";
import { randomOf } from "../../plays/stage/random.ts";
import { Stage } from "../../plays/stage/stage.ts";
import { firstDeploy } from "../../plays/steps/first-deploy.ts";
import { ActionRun, type Totals } from "./action-run.ts";
import { type Action, actions } from "./actions.ts";
import { usersNow, type UsersNow } from "./users-now.ts";

/** Which setup of the two: app and Redis in two services, or in one task. */
export type SideId = "new" | "old";

export interface SideOptions {
  readonly id: SideId;
  readonly setup: Setup;
  readonly seed: number;
  /** What users ask for. @default the guest book */
  readonly users?: Pick<LoadOptions, "path">;
  /** Called when the environment exists, before anything is deployed in it. */
  readonly onOpen: (ecs: LocalEcs) => void;
  /** Called after every change. */
  readonly onChange: () => void;
}

/** Something that was done, for the timeline; without an end while it goes on. */
interface Deed {
  readonly title: string;
  readonly at: number;
  endedAt?: number;
}

/** Milliseconds for which single requests are kept, and between two looks at what has changed with time. */
const MEMORY = 10 * 60_000;
const LOOK_INTERVAL = 250;

/** Milliseconds in which users and services must have recovered. */
const PATIENCE = 120_000;

const FIRST_DEPLOY = "First deploy";

/** A setup that runs, with users: actions begin in it, have an effect, and are repaired. */
export class Side implements AsyncDisposable {
  readonly id: SideId;
  readonly title: string;
  readonly startedAt = now();
  readonly deeds: Deed[] = [];
  readonly #options: SideOptions;
  readonly #stopped = new AbortController();
  /** The last press of each button, by the action's name. */
  readonly #runs = new Map<string, ActionRun>();
  /** The repairs of the faults that have begun, by the action's name. */
  readonly #repairs = new Map<string, Promise<Repair | undefined>>();
  readonly #totals = { served: 0, failed: 0, redisStarts: 0, appStarts: 0 };
  /** How many of the kept requests are in the totals. */
  #counted = 0;
  #stage: Stage | undefined;
  #starting: Promise<void> | undefined;
  #current: string | undefined = FIRST_DEPLOY;
  #error: string | undefined;
  #looking: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: SideOptions) {
    this.#options = options;
    this.id = options.id;
    this.title = options.id === "new" ? "New setup" : "Old setup";
  }

  get setup(): Setup {
    return this.#options.setup;
  }

  /** Undefined while the environment is started. */
  get stage(): Stage | undefined {
    return this.#stage;
  }

  /** The title of what is being done; undefined when the next thing can be done. */
  get current(): string | undefined {
    return this.#current;
  }

  /** Why the environment has no users: it could not be started or deployed. */
  get error(): string | undefined {
    return this.#error;
  }

  /** What was counted since the users came. */
  get totals(): Totals {
    this.#count();
    return { ...this.#totals };
  }

  get users(): UsersNow {
    if (this.#stage) return usersNow(this.#stage);
    return { served: 0, failed: 0, waiting: 0, verdict: "absent" };
  }

  /** Starts the environment; its first deploy is still under way when this resolves. */
  start(): Promise<void> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#fail(`It could not be started: ${messageOf(error)}`);
      throw error;
    });
    return this.#starting;
  }

  /** The last press of a button. */
  run({ fault }: Action): ActionRun | undefined {
    return this.#runs.get(fault.name);
  }

  /** Whether an action's fault lasts now. */
  isActive({ lasting, fault: { primitive } }: Action): boolean {
    if (lasting === undefined) return false;
    return this.#stage?.ecs.faults.active.some(({ fault }) => fault === primitive) ?? false;
  }

  /** Why an action cannot begin here now; undefined where it can. */
  refusalOf({ needsRedis, notInOldSetup }: Action): string | undefined {
    if (this.#error !== undefined) return "this setup does not run";
    if (this.id === "old" && notInOldSetup !== undefined) return notInOldSetup;
    return needsRedis && !this.#hasRedis ? "no Redis is running" : undefined;
  }

  /** Notes why a button that was pressed did nothing here. */
  skip({ fault }: Action, why: string): void {
    const run = new ActionRun(() => this.totals);
    run.fail(why);
    this.#runs.set(fault.name, run);
  }

  /** Begins an action. */
  act(action: Action): void {
    const { fault, title } = action;
    const run = new ActionRun(() => this.totals);
    this.#runs.set(fault.name, run);
    void this.#do(
      title,
      () => this.#begin(action, run),
      (error) => run.fail(error),
    );
  }

  /** Repairs the fault of an action. */
  async repair({ fault, lasting }: Action): Promise<void> {
    const deed = this.#note(lasting?.repairTitle ?? "");
    try {
      const repair = await this.#repairs.get(fault.name);
      await repair?.();
    } catch (error) {
      this.#runs.get(fault.name)?.note(messageOf(error));
    }
    deed.endedAt = now();
    this.#options.onChange();
  }

  /** Ends everything; may be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(): Promise<void> {
    const { setup, seed, users, onOpen } = this.#options;
    // Each setup has random numbers of its own: the same addresses would meet.
    const random = randomOf(seed, this.id === "new" ? "local ECS" : "local ECS of the old setup");
    const ecs = await startLocalEcs({ ...setup.local, random });
    const { signal } = this.#stopped;
    if (signal.aborted) return ecs.close();
    const stage = new Stage({ ecs, setup, seed, signal, viewer: {}, ...(users && { users }) });
    this.#stage = stage;
    ecs.events.on("event", (event) => this.#hear(event));
    onOpen(ecs);
    this.#looking = setInterval(() => this.#look(), LOOK_INTERVAL).unref();
    void this.#do(
      FIRST_DEPLOY,
      async () => {
        await firstDeploy.play(stage);
        Object.assign(this.#totals, { redisStarts: 0, appStarts: 0 });
      },
      (error) => this.#fail(`The first deploy failed: ${error}. Start the playground again.`),
    );
  }

  #fail(error: string): void {
    this.#current = undefined;
    if (!this.#stopped.signal.aborted) this.#error = error;
  }

  async #close(): Promise<void> {
    this.#stopped.abort(new Error("the playground has been closed"));
    clearInterval(this.#looking);
    await this.#starting?.catch(() => {});
    await this.#stage?.ecs.close();
    await this.#stage?.close();
  }

  get #hasRedis(): boolean {
    const redis = this.#stage?.ecs.services.find(({ name }) => name === this.setup.services.redis);
    return redis?.tasks.some(({ status }) => status === "RUNNING") ?? false;
  }

  #hear(event: EcsEvent): void {
    if (event.type === "container" && event.status === "RUNNING") {
      if (event.container === REDIS) this.#totals.redisStarts += 1;
      if (event.container === APP) this.#totals.appStarts += 1;
    }
    if (event.type === "fault" && !event.active) this.#recover();
    this.#options.onChange();
  }

  /** Faults that have ended, by a repair or by themselves: users and services recover from now on. */
  #recover(): void {
    for (const action of actions) {
      const run = this.run(action);
      if (run?.phase === "lasting" && !this.isActive(action)) run.enter("recovering");
    }
  }

  /** Looks at what changes with time alone. */
  #look(): void {
    this.#forget();
    const recovering = [...this.#runs.values()].filter(({ phase }) => phase === "recovering");
    if (recovering.length === 0) return;
    const isSteady = this.#isSteady();
    for (const run of recovering) {
      if (isSteady) run.enter("over");
      else if (now() - run.since > PATIENCE) {
        run.fail(`users and services have not recovered within ${PATIENCE / 1_000} s`);
      }
    }
  }

  /** Users are served, and every service runs what it should. */
  #isSteady(): boolean {
    const services = this.#stage?.ecs.services ?? [];
    return this.users.verdict === "served" && services.every(({ stable }) => stable);
  }

  /** Does one thing. */
  async #do(
    title: string,
    work: () => Promise<void> | void,
    onError: (error: string) => void,
  ): Promise<void> {
    this.#current = title;
    const deed = this.#note(title);
    this.#options.onChange();
    try {
      await work();
    } catch (error) {
      onError(messageOf(error));
    }
    deed.endedAt = now();
    this.#current = undefined;
    this.#options.onChange();
  }

  #note(title: string): Deed {
    const deed: Deed = { title, at: now() };
    this.deeds.push(deed);
    return deed;
  }

  /** Plays a fault to its end; of one that lasts only the beginning. */
  async #begin(action: Action, run: ActionRun): Promise<void> {
    const { fault, lasting } = action;
    const stage = this.#stage;
    if (!stage) throw new Error("the environment is still being started");
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

  /** Adds the requests that have ended since the last count. */
  #count(): void {
    const ended = this.#stage?.requests.slice(this.#counted) ?? [];
    const served = ended.filter(isServed).length;
    this.#totals.served += served;
    this.#totals.failed += ended.length - served;
    this.#counted += ended.length;
  }

  /** Keeps old requests no longer; they have been counted. */
  #forget(): void {
    const { requests = [] } = this.#stage ?? {};
    const old = requests.findIndex(({ endedAt }) => endedAt >= now() - MEMORY);
    if (old <= 0) return;
    this.#count();
    this.#stage?.load.outcomes.splice(0, old);
    this.#counted -= old;
  }
}
