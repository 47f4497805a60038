import { Redis } from "ioredis";
import {
  type ContainerState,
  type EcsEvent,
  type LocalEcs,
  now,
  type ServiceState,
  type TaskState,
} from "../../ecs/index.ts";
import { APP, REDIS, type Setup } from "../setups/setup.ts";
import { Load, type LoadOptions, type RequestOutcome, isServed } from "./load.ts";
import { acknowledgedWrites, isAtRisk, killsOf, type AcknowledgedWrite } from "./losses.ts";
import { randomOf } from "./random.ts";
import { Results } from "./results.ts";
import { until } from "./until.ts";
import { WriterWatch } from "./writers.ts";

/** Default timeout of a scenario's waits, in milliseconds. */
const TIMEOUT = 60_000;

/** Of a Redis that publishes none. */
const REDIS_PORT = 6379;

/** Several times the number of app tasks, which get requests in turn. */
const SERVED_IN_ROW = 20;

/** Acknowledged writes that Redis lacks. */
export interface MissingWrites {
  /** Against the promise of Redis. */
  readonly lost: readonly AcknowledgedWrite[];
  /** By a kill, which `appendfsync everysec` allows. */
  readonly discarded: readonly AcknowledgedWrite[];
}

/** A viewer of a play. It is notified in order. */
export interface Viewer {
  /** The environment exists; nothing is deployed yet. */
  readonly onOpen?: (ecs: LocalEcs) => void;
  readonly onStep?: (title: string) => void;
  readonly onLoad?: (load: Load) => void;
  /** The last step has ended; the environment still runs. */
  readonly onEnd?: () => void;
}

interface Parts {
  readonly ecs: LocalEcs;
  readonly setup: Setup;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly viewer: Viewer;
  /** The path of the users' requests. @default the setup's */
  readonly users?: Pick<LoadOptions, "path">;
}

/** The state of a play: the running environment, its users and the recording of both. */
export class Stage {
  readonly ecs: LocalEcs;
  /** The current setup. It changes when users move. */
  setup: Setup;
  readonly signal: AbortSignal;
  readonly results = new Results();
  /** The number of hosts without a loss. */
  readonly hosts: number;
  readonly events: EcsEvent[] = [];
  readonly #seed: number;
  readonly #viewer: Viewer;
  readonly #users: Pick<LoadOptions, "path">;
  #load: Load | undefined;
  #releases = 0;
  #writers: WriterWatch | undefined;
  readonly #resources: AsyncDisposable[] = [];

  constructor({ ecs, setup, seed, signal, viewer, users = usersOf(setup) }: Parts) {
    this.ecs = ecs;
    this.hosts = ecs.hosts.length;
    this.setup = setup;
    this.signal = signal;
    this.#seed = seed;
    this.#viewer = viewer;
    this.#users = users;
    ecs.events.on("event", (event) => this.events.push(event));
  }

  open(): void {
    const random = randomOf(this.#seed, "requests");
    this.#load = new Load({ ...this.#users, entrance: () => this.#entrance, random });
    this.#viewer.onLoad?.(this.#load);
  }

  /** Switches to another setup. Users move to its app. */
  moveTo(setup: Setup): void {
    this.setup = setup;
  }

  /** The URLs of the app: the setup's, else the load balancer with the app's name. */
  get #entrance(): readonly string[] {
    const { entrance, services } = this.setup;
    if (entrance) return entrance(this.ecs);
    const { loadBalancers } = this.ecs;
    const balancer = loadBalancers.find(({ name }) => name === services.app) ?? loadBalancers[0];
    if (balancer === undefined) throw new Error("the environment has no load balancer");
    return [balancer.url];
  }

  /** The Redis password of this run, if any. */
  get credentials(): { password?: string } {
    return this.credentialsOf(this.setup);
  }

  /** The Redis password of a setup in this run, if any. */
  credentialsOf({ password }: Setup): { password?: string } {
    if (password === undefined) return {};
    const isText = typeof password === "object" && "text" in password;
    return { password: isText ? password.text : this.ecs.secret(password) };
  }

  /** Stops the users. Resolves once all requests have ended. */
  async close(): Promise<void> {
    this.#writers?.[Symbol.dispose]();
    await this.#load?.stop();
    for (const resource of this.#resources.splice(0)) await resource[Symbol.asyncDispose]();
  }

  /** Disposes of the resource when the play ends. */
  use(resource: AsyncDisposable): void {
    this.#resources.push(resource);
  }

  /** The Redis servers per folder, observed from the first call on. */
  get writers(): WriterWatch {
    this.#writers ??= new WriterWatch(this.ecs.folder);
    return this.#writers;
  }

  get load(): Load {
    if (this.#load === undefined) throw new Error("no users have been started");
    return this.#load;
  }

  /** The number of users who arrived before a time and have no response yet. */
  waitingSince(time: number): number {
    return this.#load?.waitingSince(time) ?? 0;
  }

  get requests(): readonly RequestOutcome[] {
    return this.#load?.outcomes ?? [];
  }

  /** Deletes the requests that ended before a time. @returns their number */
  forget(time: number): number {
    return this.#load?.forget(time) ?? 0;
  }

  nextTag(): string {
    return `1.0.${++this.#releases}`;
  }

  now(): number {
    return now();
  }

  eventsSince(time: number): EcsEvent[] {
    return this.events.filter(({ at }) => at >= time);
  }

  /** The number of container starts since a time. @param service @default any */
  startsSince(time: number, container: string, service?: string): number {
    return this.eventsSince(time).filter(
      (event) =>
        event.type === "container" &&
        event.container === container &&
        (service === undefined || event.service === service) &&
        event.status === "RUNNING",
    ).length;
  }

  redisStartsSince(time: number): number {
    return this.startsSince(time, this.containers.redis, this.setup.services.redis);
  }

  appStartsSince(time: number): number {
    return this.startsSince(time, this.containers.app, this.setup.services.app);
  }

  get containers(): { readonly app: string; readonly redis: string } {
    return containersOf(this.setup);
  }

  /** The task with the running Redis. */
  get redisTask(): TaskState {
    const task = this.redisTasks.at(-1);
    if (task === undefined) throw new Error("no Redis is running");
    return task;
  }

  /** All tasks with a running Redis. Several during an overlap. */
  get redisTasks(): TaskState[] {
    return this.tasksOf(this.setup.services.redis);
  }

  get appTasks(): TaskState[] {
    return this.tasksOf(this.setup.services.app);
  }

  until<T>(what: string, condition: () => T | Promise<T>, timeout = TIMEOUT) {
    return until(what, condition, { timeout, signal: this.signal });
  }

  /** Waits until a Redis other than the given task is healthy. @returns the time */
  untilRedisHealthy(previous: string, timeout = TIMEOUT): Promise<number> {
    const find = async (): Promise<number | undefined> => {
      const next = this.redisTasks.filter(({ id }) => id !== previous);
      if (this.setup.isRedisUnchecked !== true) {
        return next.find(({ healthyAt }) => healthyAt !== undefined)?.healthyAt;
      }
      const [task] = next;
      return task !== undefined && (await this.#answers(task)) ? now() : undefined;
    };
    return this.until("a new Redis is healthy", find, timeout);
  }

  /** Whether Redis in a task answers PING. */
  async #answers(task: TaskState): Promise<boolean> {
    const options = { ...this.#placeOf(task), ...this.credentials, retryStrategy: () => null };
    const redis = new Redis(options).on("error", () => {});
    try {
      return (await redis.ping()) === "PONG";
    } catch {
      return false;
    } finally {
      redis.disconnect();
    }
  }

  /** Waits until a request sent after a time is served. @returns its time */
  untilServedAfter(time: number, timeout = TIMEOUT): Promise<number> {
    const find = () => this.load.between(time).find((outcome) => isServed(outcome))?.endedAt;
    return this.until("a request is served", find, timeout);
  }

  /**
   * Waits until enough consecutive requests are served that each app task has had one. @returns the time
   */
  untilAllServed(timeout: number): Promise<number> {
    let from = now();
    const find = (): number | undefined => {
      const row = this.load.between(from).toSorted((a, b) => a.sentAt - b.sentAt);
      const last = row[SERVED_IN_ROW - 1];
      if (row.some((outcome) => !isServed(outcome))) from = now();
      else if (last !== undefined && this.load.isSettledUntil(last.sentAt)) return last.endedAt;
      return undefined;
    };
    return this.until(`${SERVED_IN_ROW} requests in a row are served`, find, timeout);
  }

  /** Waits for the requests sent until now. @returns the outcomes of those since a time */
  async settledSince(began: number): Promise<RequestOutcome[]> {
    const end = now();
    await this.until("all requests have ended", () => this.load.isSettledUntil(end));
    return this.load.between(began, end);
  }

  /**
   * Reads the data of Redis with a direct connection.
   * @param setup with the Redis. @default the current setup
   */
  async readRedis<T>(read: (redis: Redis) => Promise<T>, setup: Setup = this.setup): Promise<T> {
    const place = this.#placeOf(this.tasksOf(setup.services.redis).at(-1));
    const options = { ...place, ...this.credentialsOf(setup), maxRetriesPerRequest: 3 };
    // Its commands reject as well, so an error event needs no handling.
    const redis = new Redis(options).on("error", () => {});
    try {
      return await read(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** Stops the users and looks for their acknowledged writes in Redis. */
  async missingWrites(): Promise<MissingWrites> {
    await this.load.stop();
    return this.missingSoFar();
  }

  /** The same while users continue. @param lostHosts times at which a host of Redis was lost, as by a kill */
  async missingSoFar(lostHosts: readonly number[] = []): Promise<MissingWrites> {
    const writes = acknowledgedWrites(this.load.outcomes);
    // Redis refuses the command without members.
    if (writes.length === 0) return { lost: [], discarded: [] };
    return this.readRedis(async (redis) => {
      const guests = writes.map(({ guest }) => guest);
      const found = await redis.smismember("guests", guests);
      const missing = writes.filter((_, index) => found[index] === 0);
      const [, policy] = await redis.config("GET", "appendfsync");
      const kills =
        policy === "always" ? [] : [...killsOf(this.events, this.containers.redis), ...lostHosts];
      return {
        lost: missing.filter((write) => !isAtRisk(write, kills)),
        discarded: missing.filter((write) => isAtRisk(write, kills)),
      };
    });
  }

  /** Deterministic random numbers for a purpose of the scenario. */
  random(purpose: string): () => number {
    return randomOf(this.#seed, purpose);
  }

  portOf(task: TaskState): number {
    return this.#placeOf(task).port;
  }

  /** The pid of Redis in a task. Undefined if it does not run. */
  pidOf(task: TaskState): number | undefined {
    return this.#redisIn(task)?.pid;
  }

  /** `address:port` of Redis. */
  whereIs(task: TaskState): string {
    const { host, port } = this.#placeOf(task);
    return `${host}:${port}`;
  }

  #redisIn({ containers }: TaskState): ContainerState | undefined {
    return containers.find(({ name }) => name === this.containers.redis);
  }

  /** Its published port, or else the port in its own network. */
  #placeOf(task: TaskState | undefined): { host: string; port: number } {
    if (task === undefined) throw new Error("no Redis is running");
    const { ports: [published] = [], address } = this.#redisIn(task) ?? {};
    return published === undefined && address !== undefined
      ? { host: address, port: REDIS_PORT }
      : { host: task.address ?? "", port: published?.hostPort ?? 0 };
  }

  tasksOf(name: string): TaskState[] {
    const service = this.ecs.services.find((candidate) => candidate.name === name);
    if (service === undefined) throw new Error(`there is no service ${name}`);
    return running(service);
  }
}

function running({ tasks }: ServiceState): TaskState[] {
  return tasks.filter(({ status }) => status === "RUNNING");
}

const usersOf = ({ path }: Setup): Pick<LoadOptions, "path"> =>
  path === undefined ? {} : { path };

const containersOf = ({ containers }: Setup): { app: string; redis: string } =>
  containers ?? { app: APP, redis: REDIS };
