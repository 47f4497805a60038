import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import {
  type EcsEvent,
  type LocalEcs,
  now,
  type ServiceState,
  type TaskState,
} from "../../ecs/index.ts";
import { REDIS, type Setup, type ManagedPlace } from "../setups/setup.ts";
import { Load, type LoadOptions, type RequestOutcome, isServed } from "./load.ts";
import { randomOf } from "./random.ts";
import { Results } from "./results.ts";
import { until } from "./until.ts";
import { WriterWatch } from "./writers.ts";

/** Milliseconds that a wait of a scenario may take, by default. */
const PATIENCE = 60_000;

/** A viewer of a play: it is told what happens, in its order. */
export interface Viewer {
  /** The environment exists; nothing is deployed in it yet. */
  readonly onOpen?: (ecs: LocalEcs) => void;
  readonly onStep?: (title: string) => void;
  readonly onLoad?: (load: Load) => void;
  /** The last step has ended; the environment is still there. */
  readonly onEnd?: () => void;
}

interface Parts {
  readonly ecs: LocalEcs;
  readonly setup: Setup;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly viewer: Viewer;
  /** What users ask the app for. @default the guest book */
  readonly users?: Pick<LoadOptions, "path">;
}

/** The stage of a play: the running environment, its users, and what was seen of both. */
export class Stage {
  readonly ecs: LocalEcs;
  /** Which services are the app and Redis; changes when users move. */
  setup: Setup;
  readonly signal: AbortSignal;
  readonly results = new Results();
  readonly events: EcsEvent[] = [];
  readonly #seed: number;
  readonly #viewer: Viewer;
  readonly #users: Pick<LoadOptions, "path">;
  #load: Load | undefined;
  #releases = 0;
  #writers: WriterWatch | undefined;
  readonly #resources: AsyncDisposable[] = [];

  constructor({ ecs, setup, seed, signal, viewer, users = {} }: Parts) {
    this.ecs = ecs;
    this.setup = setup;
    this.signal = signal;
    this.#seed = seed;
    this.#viewer = viewer;
    this.#users = users;
    ecs.events.on("event", (event) => this.events.push(event));
  }

  /** Users begin to come. */
  open(): void {
    const random = randomOf(this.#seed, "requests");
    this.#load = new Load({ ...this.#users, url: this.#url, random });
    this.#viewer.onLoad?.(this.#load);
  }

  /** From now on this setup has the app and its Redis, and users come to that app. */
  moveTo(setup: Setup): void {
    this.setup = setup;
    this.#load?.goTo(this.#url);
  }

  /** Where users find the app: its load balancer has its name. */
  get #url(): string {
    const { app } = this.setup.services;
    const { loadBalancers } = this.ecs;
    const balancer = loadBalancers.find(({ name }) => name === app) ?? loadBalancers[0];
    if (balancer === undefined) throw new Error("the environment has no load balancer");
    return balancer.url;
  }

  /** Stops the users; resolves once requests under way have been answered. */
  async close(): Promise<void> {
    this.#writers?.[Symbol.dispose]();
    await this.#load?.stop();
    for (const resource of this.#resources.splice(0)) await resource[Symbol.asyncDispose]();
  }

  /** Disposes of it when the play ends. */
  use(resource: AsyncDisposable): void {
    this.#resources.push(resource);
  }

  /** Which servers of Redis have which folder, from the first call on. */
  get writers(): WriterWatch {
    this.#writers ??= new WriterWatch(() => this.ecs.hosts.map(({ address }) => address));
    return this.#writers;
  }

  get load(): Load {
    if (this.#load === undefined) throw new Error("no users have come yet");
    return this.#load;
  }

  /** How many users who came before a time have no answer yet. */
  waitingSince(time: number): number {
    return this.#load?.waitingSince(time) ?? 0;
  }

  get requests(): readonly RequestOutcome[] {
    return this.#load?.outcomes ?? [];
  }

  /** Keeps the requests that ended before a time no longer. @returns how many those are */
  forget(time: number): number {
    return this.#load?.forget(time) ?? 0;
  }

  /** The tag of another release of the app. */
  nextTag(): string {
    return `1.0.${++this.#releases}`;
  }

  now(): number {
    return now();
  }

  eventsSince(time: number): EcsEvent[] {
    return this.events.filter(({ at }) => at >= time);
  }

  /** How many processes of a container, `redis` or `app`, were started since a time. */
  startsSince(time: number, container: string): number {
    return this.eventsSince(time).filter(
      (event) =>
        event.type === "container" && event.container === container && event.status === "RUNNING",
    ).length;
  }

  /** The task that runs Redis now. */
  get redisTask(): TaskState {
    const task = this.redisTasks.at(-1);
    if (task === undefined) throw new Error("no Redis is running");
    return task;
  }

  /** All tasks that run Redis now; more than one where they overlap. */
  get redisTasks(): TaskState[] {
    return this.tasksOf(this.setup.services.redis);
  }

  get appTasks(): TaskState[] {
    return this.tasksOf(this.setup.services.app);
  }

  until<T>(what: string, condition: () => T | Promise<T>, timeout = PATIENCE) {
    return until(what, condition, { timeout, signal: this.signal });
  }

  /** The time at which a Redis other than the given task became healthy. */
  untilRedisHealthy(previous: string, timeout = PATIENCE): Promise<number> {
    const isNew = (task: TaskState): boolean =>
      task.id !== previous && task.healthyAt !== undefined;
    const find = () => this.redisTasks.find(isNew)?.healthyAt;
    return this.until("a new Redis is healthy", find, timeout);
  }

  /** The time at which the first request sent after a moment was served. */
  untilServedAfter(time: number, timeout = PATIENCE): Promise<number> {
    const find = () => this.load.between(time).find((outcome) => isServed(outcome))?.endedAt;
    return this.until("a request is served", find, timeout);
  }

  /** Outcomes of all requests sent since a time, once those sent until now have ended. */
  async settledSince(began: number): Promise<RequestOutcome[]> {
    const end = now();
    await this.until("requests under way end", () => this.load.isSettledUntil(end));
    return this.load.between(began, end);
  }

  /**
   * Looks at the data of Redis, with a client that connects straight to it.
   * @param setup whose Redis; by default the one that users have
   */
  async lookAtRedis<T>(look: (redis: Redis) => Promise<T>, setup: Setup = this.setup): Promise<T> {
    const { password, managed, services } = setup;
    const place = managed ? atName(managed) : atTask(this.tasksOf(services.redis).at(-1));
    const options = { ...place, password: this.ecs.secret(password), maxRetriesPerRequest: 3 };
    // Its commands reject as well, so an error event needs no handling.
    const redis = new Redis(options).on("error", () => {});
    try {
      return await look(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** Stops the users. Returns how many of their acknowledged writes the current Redis does not have. */
  async lostWrites(): Promise<number> {
    await this.load.stop();
    const { acknowledged } = this.load;
    // Redis refuses the command without a member.
    if (acknowledged.length === 0) return 0;
    const found = await this.lookAtRedis((redis) => redis.smismember("guests", acknowledged));
    return found.filter((isThere) => isThere === 0).length;
  }

  /** Deterministic draws for a purpose of the scenario's own. */
  random(purpose: string): () => number {
    return randomOf(this.#seed, purpose);
  }

  /** The tasks of a service that run now. */
  tasksOf(name: string): TaskState[] {
    const service = this.ecs.services.find((candidate) => candidate.name === name);
    if (service === undefined) throw new Error(`there is no service ${name}`);
    return running(service);
  }
}

function running({ tasks }: ServiceState): TaskState[] {
  return tasks.filter(({ status }) => status === "RUNNING");
}

function atTask(task: TaskState | undefined) {
  if (task === undefined) throw new Error("no Redis is running");
  return { host: task.address ?? "", port: portOf(task) };
}

function atName({ name, address, port, certificate }: ManagedPlace) {
  return { host: address, port, tls: { ca: readFileSync(certificate), servername: name } };
}

/** Redis' host port. */
export function portOf({ containers }: TaskState): number {
  return containers.find(({ name }) => name === REDIS)?.ports[0]?.hostPort ?? 0;
}

/** Redis' process; undefined while there is none. */
export function pidOf({ containers }: TaskState): number | undefined {
  return containers.find(({ name }) => name === REDIS)?.pid;
}

/** `address:port` of Redis. */
export function whereIs(task: TaskState): string {
  return `${task.address}:${portOf(task)}`;
}
