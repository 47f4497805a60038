import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { HarnessError } from "../base/errors.ts";
import { checkSystem } from "./platform.ts";
import { killGroup } from "./process-group.ts";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("guardian-process.mjs", import.meta.url));

/** Milliseconds. A Node.js process starts in 50 ms; on a busy machine it takes longer. */
const START_TIMEOUT = 15_000;
const CLOSE_TIMEOUT = 30_000;

/** The environment variable that marks all processes of a run. */
export const MARKER = "LOCAL_ECS_RUN";

/** Owns a run's folder. Makes sure that every process and file of the run is removed when the harness ends. */
export class Guardian {
  readonly runId: string;
  /** The run's folder. Empty at first; removed on close. */
  readonly folder: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #acknowledged = new Map<number, () => void>();
  readonly #watched = new Set<number>();
  readonly #programs: (readonly string[])[] = [];
  readonly #ready: Promise<void>;
  #gone = false;

  private constructor() {
    this.runId = randomBytes(6).toString("hex");
    this.folder = path.join(tmpdir(), `local-ecs-${this.runId}`);
    // An empty environment: without the loader of a test runner, and without the marker.
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
    // A write after its end fails; the event `exit` reports that.
    this.#process.stdin.on("error", () => {});
  }

  /** @throws HarnessError ERR_PLATFORM if it cannot run on this machine */
  static async start(): Promise<Guardian> {
    checkSystem();
    // Container paths in shell commands are replaced by paths in this folder. A space would split them.
    if (!/^\/[\w./-]*$/.test(tmpdir())) {
      const message = `TMPDIR ${JSON.stringify(tmpdir())} must be an absolute path of letters, digits and . _ - /`;
      throw new HarnessError("ERR_PLATFORM", message);
    }
    const guardian = new Guardian();
    await within(guardian.#ready, START_TIMEOUT, "the guardian process did not start");
    // Created after the guardian has started, so that a crash cannot leave the folder behind.
    await mkdir(guardian.folder, { mode: 0o700 });
    return guardian;
  }

  /** Resolves when the guardian has stored the process group: it kills the group if the harness dies. */
  async watch(pid: number): Promise<void> {
    if (this.#gone) throw new HarnessError("ERR_CLOSED", "the guardian process has ended");
    this.#watched.add(pid);
    const acknowledged = new Promise<void>((resolve) => this.#acknowledged.set(pid, resolve));
    this.#process.stdin.write(`+${pid}\n`);
    await acknowledged;
    if (this.#gone) throw new HarnessError("ERR_CLOSED", "the guardian process has ended");
  }

  /** Runs a program at the end of the run, after all processes: also if the harness is killed. */
  atEnd(argv: readonly string[]): void {
    this.#programs.push(argv);
    this.#process.stdin.write(`!${JSON.stringify(argv)}\n`);
  }

  /** Removes a process group that has ended, because its number may be reused. */
  unwatch(pid: number): void {
    this.#watched.delete(pid);
    if (!this.#gone) this.#process.stdin.write(`-${pid}\n`);
  }

  /** Kills the remaining processes and removes the folder. */
  async close(): Promise<void> {
    if (this.#gone) return this.#cleanUp();
    const exited = once(this.#process, "exit");
    this.#process.stdin.end();
    await within(exited, CLOSE_TIMEOUT, "the guardian process did not end");
    // The guardian process was killed before it had finished.
    if (this.#process.exitCode !== 0) await this.#cleanUp();
  }

  /** Cleans up in place of a guardian process that was killed. */
  async #cleanUp(): Promise<void> {
    for (const pid of this.#watched) killGroup(pid);
    for (const [program = "", ...words] of this.#programs) {
      await run(program, words, { timeout: CLOSE_TIMEOUT }).catch(() => {});
    }
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
