import { setTimeout as sleep } from "node:timers/promises";
import { HarnessError } from "../base/errors.ts";
import { type Redis, startRedis } from "../programs/start-redis.ts";
import type { Certificate } from "../programs/certificate.ts";
import { ask } from "../programs/ask.ts";
import type { Target } from "./forward.ts";
import { BACKLOG, fillQueue } from "./silence.ts";
import { FAST_AGAIN, SLOW_ARGUMENTS } from "./slow-load.ts";

/** What all tasks of a moving Redis share. */
export interface TaskSettings {
  readonly password: string;
  /** Undefined: no TLS. */
  readonly tls: Certificate | undefined;
  /** Path of redis-server or valkey-server. */
  readonly server: string;
  /** The number of the user as whom root starts it. */
  readonly user: number;
  /** The folder of the data. */
  readonly dir: string;
}

export interface TaskOptions {
  readonly host: string;
  /** @default a free port */
  readonly port?: number;
  /** Milliseconds for which it loads. @default 0 */
  readonly loadTime?: number;
}

/** Replies to PING. */
const READY = /^\+PONG$/;
const ANSWERS = /^(\+PONG|-LOADING)/;

/** A port on which nothing listens. */
const NO_PORT = "1";

/** Milliseconds. */
const READY_TIMEOUT = 15_000;
const LOOK_INTERVAL = 5;

/**
 * Every acknowledged write is in the append-only file: the kernel keeps it although the process is killed. A
 * sync would add nothing here, and `everysec` can delay a write beyond its acknowledgement.
 */
const DATA = ["--appendonly", "yes", "--appendfsync", "no", "--auto-aof-rewrite-percentage", "0"];

/** One redis-server, and its faults. */
export class Task implements Target {
  readonly host: string;
  readonly port: number;
  readonly #redis: Redis;
  readonly #settings: TaskSettings;
  #endSilence = (): void => {};
  #loading: NodeJS.Timeout | undefined;

  private constructor(redis: Redis, settings: TaskSettings) {
    this.host = redis.host;
    this.port = redis.port;
    this.#redis = redis;
    this.#settings = settings;
  }

  /** Resolves when it is ready; with a load time, when it replies that it loads. */
  static async start(settings: TaskSettings, options: TaskOptions): Promise<Task> {
    const { server, dir, user, password, tls } = settings;
    const { host, port, loadTime = 0 } = options;
    const redis = await startRedis({
      server,
      dir,
      host,
      asUser: user,
      args: [...DATA, "--tcp-backlog", String(BACKLOG), ...(loadTime === 0 ? [] : SLOW_ARGUMENTS)],
      ...(port !== undefined && { port }),
      ...(tls && { tls }),
      password,
    });
    const task = new Task(redis, settings);
    if (loadTime === 0) await task.#untilReply(READY);
    else task.#loading = setTimeout(() => void task.#loadTheRest(), loadTime).unref();
    return task;
  }

  /** How many connections it has had, with the one that asks; NaN if it does not reply. */
  async connections(): Promise<number> {
    return Number(/^:(\d+)$/.exec(await this.#ask(["CLIENT", "ID"]))?.[1]);
  }

  /** A process that hangs: the kernel accepts its connections, it does not reply. */
  freeze(): void {
    this.#redis.signal("SIGSTOP");
  }

  /** A lost host: no reply, and new connections are neither accepted nor refused. */
  async lose(): Promise<void> {
    this.freeze();
    this.#endSilence = await fillQueue(this.host, this.port);
  }

  /** Ends the silence. */
  async resume(): Promise<void> {
    this.#endSilence();
    this.#redis.signal("SIGCONT");
    await this.#untilReply(ANSWERS);
  }

  /**
   * Makes it a replica that has lost its primary: it serves what it has, and answers writes with READONLY. It writes no
   * more to the data, which another server takes over.
   */
  async demote(): Promise<void> {
    await this.#order(["REPLICAOF", this.host, NO_PORT]);
    await this.#order(["CONFIG", "SET", "appendonly", "no"]);
  }

  /** @param signal SIGTERM ends it gracefully */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    clearTimeout(this.#loading);
    this.#endSilence();
    await this.#redis.stop(signal);
  }

  /** Kills it without waiting, when this process exits. */
  kill(): void {
    this.#redis.signal("SIGKILL");
  }

  /** @throws HarnessError ERR_TIMEOUT */
  async #untilReply(wanted: RegExp): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT;
    let reply = "no reply";
    while (performance.now() < deadline) {
      reply = await this.#ask(["PING"]);
      if (wanted.test(reply)) return;
      await sleep(LOOK_INTERVAL);
    }
    const message = `redis-server is not ready after ${READY_TIMEOUT} ms: ${reply}\n${this.#redis.log()}`;
    throw new HarnessError("ERR_TIMEOUT", message);
  }

  /** @throws HarnessError ERR_TIMEOUT if it does not reply OK */
  async #order(command: readonly string[]): Promise<void> {
    const reply = await this.#ask(command);
    if (reply !== "+OK") throw new HarnessError("ERR_TIMEOUT", `${command.join(" ")}: ${reply}`);
  }

  /** If it is silent by now, the rest is loaded slowly. */
  async #loadTheRest(): Promise<void> {
    await this.#ask(FAST_AGAIN);
  }

  /** The reply, or why there is none. */
  async #ask(command: readonly string[]): Promise<string> {
    const { host, port } = this;
    const { password, tls } = this.#settings;
    try {
      const access = { password: password === "" ? undefined : password, tls: tls !== undefined };
      return await ask({ host, port, ...access }, command);
    } catch (error) {
      return String(error);
    }
  }
}
