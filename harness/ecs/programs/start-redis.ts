import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  constants,
  existsSync,
  lchownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { makeFolder, removeFolder } from "../base/temporary-folder.mjs";
import { withFile } from "../base/with-file.ts";
import { ask } from "./ask.ts";
import type { Certificate } from "./certificate.ts";
import { freePort } from "./free-port.ts";
import { findRedisServer } from "./find-redis.ts";
import { spawnWithParent } from "./spawn-with-parent.ts";

export interface RedisOptions {
  /** Path of redis-server or valkey-server. @default the one that is found, or installed */
  server?: string;
  /** A loopback address. @default "127.0.0.1" */
  host?: string;
  /** @default a free port */
  port?: number;
  /** Additional arguments of redis-server, such as `["--requirepass", "secret"]`. */
  args?: readonly string[];
  /** Data folder. A given folder is not removed. @default a new temporary folder */
  dir?: string;
  /** PEM files. The port then accepts only TLS. */
  tls?: Certificate;
  /**
   * Root starts it as the user with this number, and gives it the data, if every user may enter the folders above them and the
   * server.
   */
  asUser?: number;
  /** Of the default user. It is in a file: other users see the arguments of a program. */
  password?: string;
}

/** A running redis-server. */
export interface Redis extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly dir: string;
  readonly pid: number;
  /** Returns its log so far. */
  readonly log: () => string;
  /** Sends a signal: SIGSTOP freezes it, SIGCONT resumes it. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends it with SIGKILL, or another signal; resolves when it has ended. Can be called again. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

const LOCAL = "127.0.0.1";
const START_TIMEOUT = 15_000;
/** Milliseconds. A server that has not ended by then is killed. */
const STOP_TIMEOUT = 10_000;
const MAX_TRIES = 10;

/**
 * Starts a real redis-server and waits until it replies; LOADING and NOAUTH are replies too. It ends when its
 * handle is disposed, or with this process, which it does not keep alive.
 */
export async function startRedis(options: RedisOptions = {}): Promise<Redis> {
  const server = options.server ?? (await findRedisServer());
  const { host = LOCAL } = options;
  for (let tries = 1; ; tries++) {
    const port = options.port ?? (await freePort(host));
    try {
      return await start(server, { host, port }, options);
    } catch (error) {
      // Another process may take the free port before redis-server listens on it.
      const taken = error instanceof Error && error.message.includes("Address already in use");
      if (!taken || options.port !== undefined || tries === MAX_TRIES) throw error;
    }
  }
}

async function start(
  server: string,
  { host, port }: { host: string; port: number },
  options: RedisOptions,
): Promise<Redis> {
  const own = options.dir === undefined ? makeFolder("redis-") : undefined;
  const dir = own?.path ?? options.dir ?? "";
  const logFile = join(dir, `redis-${port}.log`);
  const args = [
    "--bind",
    host,
    "--dir",
    dir,
    "--save",
    "",
    "--logfile",
    logFile,
    ...portArguments(port, options.tls),
    ...passwordArguments(dir, options.password),
    ...(options.args ?? []),
  ];
  const { asUser: uid } = options;
  const isOther = uid !== undefined && process.getuid?.() === 0 && isOpen(server, dir);
  if (isOther) giveTo(uid, dir);
  const user = isOther ? { uid, gid: uid } : {};
  const child = spawnWithParent(server, args, { stdio: "ignore", ...user });
  child.unref();
  const exited = once(child, "exit");
  const stop = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
    await exited.finally(() => clearTimeout(late));
    if (own) removeFolder(own);
  };
  const redis: Redis = {
    host,
    port,
    dir,
    pid: child.pid ?? 0,
    log: () => withFile(logFile, constants.O_RDONLY, (file) => readFileSync(file, "utf8")),
    signal: (name) => void child.kill(name),
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
  try {
    await untilItAnswers(redis, child, options.tls !== undefined);
    return redis;
  } catch (error) {
    await stop();
    throw error;
  }
}

function portArguments(port: number, tls: RedisOptions["tls"]): string[] {
  if (tls === undefined) return ["--port", String(port)];
  const files = ["--tls-cert-file", tls.cert, "--tls-key-file", tls.key];
  return ["--port", "0", "--tls-port", String(port), ...files, "--tls-auth-clients", "no"];
}

/** Whether every user may enter the folders above these paths. */
function isOpen(...paths: readonly string[]): boolean {
  return paths.every((path) => {
    const folder = dirname(path);
    const mayEnter = (statSync(folder).mode & 0o001) !== 0;
    return mayEnter && (folder === path || isOpen(folder));
  });
}

/** Gives a folder of root's and what is in it to a user. Later that user may have put other files there. */
function giveTo(user: number, folder: string): void {
  if (lstatSync(folder).uid !== 0) return;
  for (const name of ["", ...readdirSync(folder)]) lchownSync(join(folder, name), user, user);
}

function passwordArguments(dir: string, password: string | undefined): string[] {
  if (password === undefined) return [];
  const file = join(dir, "password.conf");
  const bytes = Buffer.from(password)
    .toString("hex")
    .replaceAll(/../g, String.raw`\x$&`);
  // Written once, and through no link.
  if (!existsSync(file))
    writeFileSync(file, `requirepass "${bytes}"\n`, { mode: 0o600, flag: "wx" });
  return ["--include", file];
}

async function untilItAnswers(redis: Redis, child: ChildProcess, tls: boolean): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`redis-server exited while it started: ${readLog(redis)}`);
    }
    // Until its log says that it listens, the reply could come from another process on the port.
    if (readLog(redis).includes("Server initialized")) {
      const answers = await ask({ ...redis, tls, password: undefined }, ["PING"]).catch(() => "");
      if (answers !== "") return;
    }
    await sleep(5);
  }
  throw new Error(`redis-server did not answer within ${START_TIMEOUT} ms: ${readLog(redis)}`);
}

function readLog(redis: Redis): string {
  try {
    return redis.log();
  } catch {
    return "no log";
  }
}
