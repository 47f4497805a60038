import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findCommand, thisSystem } from "../../../harness/ecs/programs/operating-system.ts";
import { findRedisServer } from "../../../harness/ecs/programs/find-redis.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { container, devWith, variablesOf } from "./template.ts";

/** A folder that replaces the container's `/data`, and the processes that use it. */
export interface Volume extends AsyncDisposable {
  readonly path: string;
  /** Runs a container's command unchanged, on its own port. */
  readonly run: (command: readonly string[], options?: RunOptions) => Promise<LocalContainer>;
}

export interface RunOptions {
  /** @default "secret" */
  readonly password?: string;
  /** Plain variables of the container. @default those of a Redis with default settings */
  readonly variables?: Readonly<Record<string, string>>;
  /** The second password. @default "secret-b" */
  readonly other?: string;
  /** Shell lines to run before a program or instead of it, by program, for example to report another version. */
  readonly before?: Readonly<Record<string, string>>;
  /** The port of the Redis in the same task. @default a free one, for a Redis */
  readonly port?: number;
}

export interface LocalContainer {
  readonly port: number;
  readonly process: ChildProcess;
  /** Standard output and error so far. */
  readonly log: () => string;
  /** Runs a shell command in the container, as a health check does; resolves to its exit code. */
  readonly shell: (line: string, password?: string) => Promise<number | null>;
  /** Sends an inline command with the password of the container and resolves to the replies. */
  readonly send: (...commands: string[]) => Promise<string>;
  readonly answers: () => Promise<boolean>;
  /** Whether it has loaded its data. */
  readonly isReady: () => Promise<boolean>;
  readonly exited: Promise<number | null>;
}

const usual = variablesOf(container(devWith(), "redis"));

/** When disposed of, kills every process in the volume and removes its folder. */
export async function volume(): Promise<Volume> {
  const server = await findRedisServer();
  const path = mkdtempSync(join(tmpdir(), "volume-"));
  const running: LocalContainer[] = [];
  return {
    path,
    run: async (
      command,
      {
        password = "secret",
        other = "secret-b",
        variables = usual,
        before = {},
        port: linked,
      } = {},
    ) => {
      const port = linked ?? (await freePort());
      const bin = shims({ path, server, port, before });
      const started = start({ path, bin, port, command, password, other, variables });
      running.push(started);
      return started;
    },
    [Symbol.asyncDispose]: async () => {
      for (const { process: child } of running) kill(child);
      await Promise.all(running.map(({ exited }) => exited));
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Polls until `condition` holds; the test's own timeout ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within 15 s: ${String(condition)}`);
    await delay(10);
  }
}

interface Start {
  readonly path: string;
  readonly bin: string;
  readonly port: number;
  readonly command: readonly string[];
  readonly password: string;
  readonly other: string;
  readonly variables: Readonly<Record<string, string>>;
}

function start(options: Start): LocalContainer {
  const { path, bin, port, command, password, other, variables } = options;
  // A file, because another process can open it in /proc, like a container's pipe and unlike Node's sockets.
  const log = join(bin, "log");
  const onThisMachine = (text: string) =>
    text
      .replaceAll(/(?<!writes )\/data/g, path)
      .replaceAll(">/proc/1/fd/1", `>>${log}`)
      .replaceAll("redis://redis:6379", `redis://127.0.0.1:${port}`);
  const [program = "", ...args] = command.map((word) => onThisMachine(word));
  const environment = (auth: string) => ({
    ...variables,
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    // Each container has its own name and /tmp, as with Docker.
    HOSTNAME: basename(bin),
    TMPDIR: bin,
    REDIS_PASSWORD: auth,
    REDIS_PASSWORD_B: other,
    REDISCLI_AUTH: auth,
  });
  // A separate process group, so that the shell's `flock` ends too. The kernel ends the container if this process
  // dies (prctl(2), PDEATHSIG).
  const setpriv = findCommand(thisSystem(), "setpriv");
  if (setpriv === undefined) throw new Error("setpriv, of Debian's util-linux, is not on PATH");
  const output = openSync(log, "a");
  const child = spawn(setpriv, ["--pdeathsig", "KILL", program, ...args], {
    env: environment(password),
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  return {
    port,
    process: child,
    log: () => readFileSync(log, "utf8"),
    shell: async (line, auth = password) => {
      const check = spawn("sh", ["-c", onThisMachine(line)], { env: environment(auth) });
      const [code] = (await once(check, "exit")) as [number | null];
      return code;
    },
    send: (...commands) => exchange(port, [`AUTH ${password}`, ...commands, "QUIT"]),
    answers: async () => (await exchange(port, ["PING", "QUIT"]).catch(() => "")) !== "",
    isReady: async () => {
      const replies = await exchange(port, [`AUTH ${password}`, "PING", "QUIT"]).catch(() => "");
      return replies.includes("+PONG");
    },
    exited: once(child, "exit").then(([code]) => code as number | null),
  };
}

interface Shims {
  readonly path: string;
  readonly server: string;
  readonly port: number;
  readonly before: NonNullable<RunOptions["before"]>;
}

/** The port mapping of the container: calls from inside go to its host port. */
function shims({ path, server, port, before }: Shims): string {
  const bin = mkdtempSync(join(path, `bin-${port}-`));
  const programs: Readonly<Record<string, string>> = {
    "redis-server": `"${server}" "$@" --bind 127.0.0.1 --port ${port}`,
    "redis-cli": `redis-cli -h 127.0.0.1 -p ${port} "$@"`,
    flock: 'flock "$@"',
  };
  for (const name of new Set([...Object.keys(programs), ...Object.keys(before)])) {
    const line = programs[name];
    const real = line === undefined ? "" : `PATH=\${PATH#*:}\nexec ${line}\n`;
    const text = `#!/bin/sh\n${before[name] ?? ""}\n${real}`;
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

/** Sends inline commands to a server without a password. */
export async function exchange(port: number, commands: readonly string[]): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  try {
    socket
      .setEncoding("utf8")
      .setTimeout(5000, () => socket.destroy(new Error("no answer in 5 s")));
    let replies = "";
    socket.on("data", (text: string) => (replies += text));
    socket.write(commands.map((command) => `${command}\r\n`).join(""));
    await once(socket, "end");
    return replies;
  } finally {
    socket.destroy();
  }
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, "SIGKILL");
}
