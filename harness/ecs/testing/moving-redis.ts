import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { HarnessError, invalid } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import { doAll } from "../base/settle.ts";
import { makeFolder, removeFolder } from "../base/temporary-folder.mjs";
import { findInstalledRedis } from "../programs/find-redis.ts";
import { makeCertificate } from "../programs/certificate.ts";
import { type Addresses, claimAddresses } from "./addresses.ts";
import { atExit } from "../base/at-exit.ts";
import { Forward, type Target } from "./forward.ts";
import { lookOut } from "./lookout.ts";
import { checkLoadTime, checkOptions, checkOutage, type MovingRedisOptions } from "./options.ts";
import { NAME, type Records, serveRecords } from "./records.ts";
import { makeLoadLonger } from "./slow-load.ts";
import { Task, type TaskSettings } from "./task.ts";
import { Tasks } from "./tasks.ts";
import type { ClientOptions, MovingRedis } from "./types.ts";

/** Users that belong to no one: from these, systemd takes them for its services (DynamicUser). */
const USERS = [61_184, 65_520] as const;

/** Of its certificate. */
const NAMES = [NAME, `*.${NAME}`, "localhost", "127.0.0.1"];

/**
 * Starts a Redis that moves, for an app's own tests. It needs redis-server or valkey-server (the variable
 * REDIS_SERVER names another one) and neither root nor Docker. It ends with its handle, or with this process.
 * @throws HarnessError ERR_IMAGE if there is no server, with the command that installs it; ERR_INVALID_ARG
 * @example
 * await using redis = await movingRedis();
 * const resolver = dnsResolver({ servers: [redis.dns] });
 * const client = createRedis(redis.url, redis.clientOptions, { resolver });
 * await client.set("visits", 1);
 * await redis.move();
 * await client.get("visits"); // "1", from another address and port
 */
export async function movingRedis(options: MovingRedisOptions = {}): Promise<MovingRedis> {
  const { port, ttl, samePort, password, tls: hasTls } = checkOptions(options);
  const server = findServer();
  const ends: End[] = [];
  try {
    const folder = makeFolder("moving-redis-");
    const remove = (): void => removeFolder(folder);
    ends.push(remove);
    const addresses = await claimAddresses();
    ends.push(() => addresses.release());
    if (samePort && !addresses.areMany) {
      throw invalid("samePort: this system has only one loopback address; leave the option out");
    }
    const records = await serveRecords(ttl);
    ends.push(() => records.close());
    const tls = hasTls ? makeCertificate(folder.path, NAMES) : undefined;
    const user = randomInt(...USERS);
    const taskSettings = { password, tls, server, user, dir: folder.path };
    const tasks = new Tasks(await Task.start(taskSettings, { host: addresses.next() }));
    ends.push(() => tasks.stop());
    records.set(tasks.current);
    const forward = await Forward.listen(port, () => tasks.current);
    ends.push(() => forward.close());
    ends.push(
      atExit(() => {
        tasks.kill();
        remove();
      }),
    );
    const parts = { settings: taskSettings, addresses, records, tasks, forward, samePort };
    return new Running(parts, ends);
  } catch (error) {
    await endAll(ends);
    throw error;
  }
}

function findServer(): string {
  try {
    return findInstalledRedis();
  } catch (error) {
    throw new HarnessError("ERR_IMAGE", messageOf(error), { cause: error });
  }
}

type End = () => Promise<void> | void;

/** What was started last ends first. */
const endAll = (ends: readonly End[]): Promise<void> => doAll(ends.toReversed());

interface Parts {
  readonly settings: TaskSettings;
  readonly addresses: Addresses;
  readonly records: Records;
  readonly tasks: Tasks;
  readonly forward: Forward;
  readonly samePort: boolean;
}

class Running implements MovingRedis {
  readonly name = NAME;
  readonly #parts: Parts;
  readonly #ends: readonly End[];
  #endLookout = (): void => {};
  #condition: "running" | "lost" | "frozen" = "running";
  /** Methods run one after the other. */
  #turn: Promise<void> = Promise.resolve();
  readonly #closed = new AbortController();
  /** Why Redis did not come back after an outage. */
  #failure: unknown;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts, ends: readonly End[]) {
    this.#parts = parts;
    this.#ends = ends;
  }

  get url(): string {
    const { password, tls } = this.#parts.settings;
    const user = password === "" ? "" : `:${encodeURIComponent(password)}@`;
    return `${tls ? "rediss" : "redis"}+srv://${user}${NAME}`;
  }

  get dns(): string {
    return this.#parts.records.address;
  }

  get target(): Target {
    const { host, port } = this.#parts.tasks.current;
    return { host, port };
  }

  get host(): string {
    return this.#parts.forward.host;
  }

  get port(): number {
    return this.#parts.forward.port;
  }

  get clientOptions(): ClientOptions {
    const { password, tls } = this.#parts.settings;
    return {
      ...(password !== "" && { password }),
      ...(tls && { tls: { ca: readFileSync(tls.cert, "utf8") } }),
    };
  }

  get caFile(): string | undefined {
    return this.#parts.settings.tls?.cert;
  }

  move(): Promise<void> {
    return this.#run(async () => {
      const { tasks } = this.#parts;
      if (this.#condition === "lost") tasks.leave();
      else await tasks.current.stop("SIGKILL");
      await this.#startElsewhere();
    });
  }

  deploy(): Promise<void> {
    return this.#runIfWell("deploy", async () => {
      this.#parts.records.set(undefined);
      await this.#parts.tasks.current.stop("SIGTERM");
      await this.#startElsewhere();
    });
  }

  crash(): Promise<void> {
    return this.#runIfWell("crash", () => this.#restart("SIGKILL"));
  }

  slowLoad(ms: number): Promise<void> {
    return this.#runIfWell("slowLoad", async () => {
      checkLoadTime(ms);
      await this.#restart("SIGTERM", ms);
    });
  }

  lose(): Promise<void> {
    return this.#runIfWell("lose", async () => {
      this.#condition = "lost";
      await this.#parts.tasks.current.lose();
    });
  }

  freeze(): Promise<void> {
    return this.#runIfWell("freeze", async () => {
      this.#condition = "frozen";
      this.#parts.tasks.current.freeze();
    });
  }

  async outage(ms: number): Promise<void> {
    let away: (() => void) | undefined;
    const isAway = new Promise<void>((resolve) => (away = resolve));
    const outage = this.#runIfWell("outage", async () => {
      checkOutage(ms);
      await this.#parts.tasks.current.stop("SIGKILL");
      away?.();
      await this.#returnAfter(ms);
    });
    await Promise.race([isAway, outage]);
  }

  demote(): Promise<void> {
    return this.#runIfWell("demote", async () => {
      const { tasks } = this.#parts;
      await tasks.current.demote();
      tasks.leave();
      await this.#startElsewhere();
    });
  }

  restore(): Promise<void> {
    return this.#run(async () => {
      const { tasks } = this.#parts;
      const isSilent = this.#condition !== "running";
      if (!isSilent && !tasks.hasLeft) {
        throw invalid("restore: Redis is running; call lose(), freeze() or demote() first");
      }
      await tasks.stopLeft();
      if (isSilent) await tasks.current.resume();
      this.#condition = "running";
    });
  }

  close(): Promise<void> {
    this.#closed.abort();
    this.#closing ??= this.#turn.then(() => {
      this.#endLookout();
      return endAll(this.#ends);
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** With `await` alone, as errors then have the line of the caller in their stacks. */
  async #run(method: () => Promise<void>): Promise<void> {
    if (this.#closing) throw new HarnessError("ERR_CLOSED", "the moving Redis has been closed");
    const former = this.#turn;
    let end: (() => void) | undefined;
    this.#turn = new Promise((resolve) => (end = resolve));
    try {
      // An outage does not keep the process alive; a method that waits for its end does.
      const alive = setInterval(() => {}, 60_000);
      await former;
      clearInterval(alive);
      this.#endLookout();
      if (this.#failure !== undefined) throw this.#failure;
      await method();
    } finally {
      end?.();
    }
  }

  /** @throws HarnessError ERR_INVALID_ARG if Redis is silent */
  #runIfWell(name: string, method: () => Promise<void>): Promise<void> {
    return this.#run(async () => {
      if (this.#condition !== "running") {
        throw invalid(`${name}: Redis is ${this.#condition}; call restore() or move() first`);
      }
      await method();
    });
  }

  /** An error is that of the next method. */
  async #returnAfter(ms: number): Promise<void> {
    const { settings, tasks } = this.#parts;
    const { signal } = this.#closed;
    try {
      await sleep(ms, undefined, { signal, ref: false });
      tasks.current = await Task.start(settings, this.target);
    } catch (error) {
      if (!signal.aborted) this.#failure = error;
    }
  }

  async #startElsewhere(): Promise<void> {
    const { settings, addresses, tasks, records, forward, samePort } = this.#parts;
    const port = samePort ? { port: this.target.port } : {};
    tasks.current = await Task.start(settings, { host: addresses.next(), ...port });
    this.#condition = "running";
    this.#endLookout = await lookOut(tasks.current, this);
    records.set(tasks.current);
    forward.leaveFormerTarget();
  }

  async #restart(signal: "SIGTERM" | "SIGKILL", loadTime = 0): Promise<void> {
    const { settings, tasks } = this.#parts;
    const { host, port } = this.target;
    await tasks.current.stop(signal);
    if (loadTime > 0) makeLoadLonger(settings.dir, loadTime);
    tasks.current = await Task.start(settings, { host, port, loadTime });
  }
}
