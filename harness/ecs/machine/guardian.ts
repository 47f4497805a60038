import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { HarnessError } from "../base/errors.ts";
import { checkSystem } from "./platform.ts";
import { killGroup } from "./process-group.ts";

const PROGRAM = fileURLToPath(new URL("guardian-process.mjs", import.meta.url));

/** Milliseconds; a Node process starts in 50, on a busy machine later. */
const START_TIMEOUT = 15_000;
const CLOSE_TIMEOUT = 15_000;

/** The environment variable that marks all processes of a run. */
export const MARKER = "LOCAL_ECS_RUN";

/** Owns a run's folder. Makes sure that no process and no file outlives the harness. */
export class Guardian {
  readonly runId: string;
  /** The run's folder; empty at first, gone after close. */
  readonly folder: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #acknowledged = new Map<number, () => void>();
  readonly #watched = new Set<number>();
  readonly #ready: Promise<void>;
  #gone = false;

  private constructor() {
    this.runId = randomBytes(6).toString("hex");
    this.folder = path.join(tmpdir(), `local-ecs-${this.runId}`);
    // An empty environment: no loader of a test runner, and not the marker.
    this.#process = spawn(process.execPath, [PROGRAM, this.folder, `${MARKER}=${this.runId}`], {
      detached: true,
      env: {},
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#process.unref();
    this.#ready = new Promise((resolve, reject) => {
      createInterface({ input: this.#process.stdout }).on("line", (line) => {
        if (line === "ready") resolve();
        else this.#acknowledge(Number(line));
      });
      this.#process.once("error", reject);
      this.#process.once("exit", () => {
        this.#gone = true;
        reject(new HarnessError("ERR_PLATFORM", "the guardian process ended"));
        for (const pid of this.#acknowledged.keys()) this.#acknowledge(pid);
      });
    });
    // A write after its end fails; `exit` reports it.
    this.#process.stdin.on("error", () => {});
  }

  /** @throws HarnessError ERR_PLATFORM when it cannot run here */
  static async start(): Promise<Guardian> {
    checkSystem();
    // Container paths in shell commands are replaced by paths in this folder: a space would split them.
    if (!/^\/[\w./-]*$/.test(tmpdir())) {
      const message = `TMPDIR ${JSON.stringify(tmpdir())} must be an absolute path of letters, digits and . _ - /`;
      throw new HarnessError("ERR_PLATFORM", message);
    }
    const guardian = new Guardian();
    await within(guardian.#ready, START_TIMEOUT, "the guardian process did not start");
    // After the start, so that a crash cannot leave the folder behind.
    await mkdir(guardian.folder, { mode: 0o700 });
    return guardian;
  }

  /** Resolves once the guardian will kill this process group if the harness dies. */
  async watch(pid: number): Promise<void> {
    if (this.#gone) throw new HarnessError("ERR_CLOSED", "the guardian process has ended");
    this.#watched.add(pid);
    const acknowledged = new Promise<void>((resolve) => this.#acknowledged.set(pid, resolve));
    this.#process.stdin.write(`+${pid}\n`);
    await acknowledged;
    if (this.#gone) throw new HarnessError("ERR_CLOSED", "the guardian process has ended");
  }

  /** Forgets a process group that has ended: its number may be reused. */
  forget(pid: number): void {
    this.#watched.delete(pid);
    if (!this.#gone) this.#process.stdin.write(`-${pid}\n`);
  }

  /** Kills what is left and removes the folder. */
  async close(): Promise<void> {
    if (this.#gone) return this.#cleanUp();
    const exited = once(this.#process, "exit");
    this.#process.stdin.end();
    await within(exited, CLOSE_TIMEOUT, "the guardian process did not end");
    // It was killed before it was done.
    if (this.#process.exitCode !== 0) await this.#cleanUp();
  }

  /** Cleans up in place of a guardian process that was killed. */
  async #cleanUp(): Promise<void> {
    for (const pid of this.#watched) killGroup(pid);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  }

  #acknowledge(pid: number): void {
    this.#acknowledged.get(pid)?.();
    this.#acknowledged.delete(pid);
  }
}

async function within(promise: Promise<unknown>, timeout: number, message: string): Promise<void> {
  const abort = new AbortController();
  const late = delay(timeout, undefined, { signal: abort.signal }).then(() => {
    throw new HarnessError("ERR_TIMEOUT", `${message} within ${timeout} ms`);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    abort.abort();
    late.catch(() => {});
  }
}
