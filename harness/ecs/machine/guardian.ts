import { execFile, spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { existsSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { HarnessError } from "../base/errors.ts";
import { removeFolder, type TemporaryFolder } from "../base/temporary-folder.mjs";
import { checkSystem } from "./platform.ts";
import { killGroup } from "./process-group.ts";

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL("guardian-process.mjs", import.meta.url));

/** Milliseconds. A Node.js process starts in 50 ms; on a busy machine it takes longer. */
const START_TIMEOUT = 15_000;
const CLOSE_TIMEOUT = 30_000;

type GuardianProcess = ChildProcessByStdio<Writable, Readable, null>;

/** The environment variable that marks all processes of a run. */
export const MARKER = "LOCAL_ECS_RUN";

/** The name of a run's folder begins with this, and ends with the run's id. */
const FOLDER = "local-ecs-";

/** Owns a run's folder. Makes sure that every process and file of the run is removed when the harness ends. */
export class Guardian {
  readonly runId: string;
  /** The run's folder, which no other user can enter. Empty at first; removed on close. */
  readonly folder: string;
  readonly #made: TemporaryFolder;
  readonly #process: GuardianProcess;
  readonly #acknowledged = new Map<number, () => void>();
  readonly #watched = new Set<number>();
  readonly #programs: (readonly string[])[] = [];
  #gone = false;

  private constructor(child: GuardianProcess, lines: Interface, made: TemporaryFolder) {
    this.#process = child;
    this.#made = made;
    this.folder = made.path;
    this.runId = path.basename(made.path).slice(FOLDER.length);
    lines.on("line", (line) => this.#acknowledge(Number(line)));
    child.once("exit", () => {
      this.#gone = true;
      for (const pid of this.#acknowledged.keys()) this.#acknowledge(pid);
    });
  }

  /** @throws HarnessError ERR_PLATFORM if it cannot run on this machine */
  static async start(): Promise<Guardian> {
    checkSystem();
    // Without links, because a folder is bound into a container only at its own path.
    const named = tmpdir();
    const parent = path.isAbsolute(named) && existsSync(named) ? realpathSync(named) : named;
    // Container paths in shell commands are replaced by paths in this folder. A space would split them.
    if (!/^\/[\w./-]*$/.test(parent)) {
      const allowed = "an absolute path of letters, digits and . _ - /";
      throw platform(`TMPDIR ${JSON.stringify(parent)} must be ${allowed}`);
    }
    // An empty environment: without the loader of a test runner, and without the marker.
    const child = spawn(process.execPath, [PROGRAM, parent, FOLDER, MARKER], {
      detached: true,
      env: {},
      stdio: ["pipe", "pipe", "ignore"],
    });
    child.unref();
    // A write after its end fails; the event `exit` reports that.
    child.stdin.on("error", () => {});
    const lines = createInterface({ input: child.stdout });
    // It makes the folder itself, so that a crash of the harness cannot leave it behind.
    const made = new Promise<TemporaryFolder>((resolve, reject) => {
      lines.once("line", (line) => {
        const answer = JSON.parse(line) as TemporaryFolder | { readonly error: string };
        if ("error" in answer) reject(platform(`no folder for the run: ${answer.error}`));
        else resolve(answer);
      });
      child.once("error", reject);
      child.once("exit", () => reject(platform("the guardian process ended")));
    });
    const folder = await within(made, START_TIMEOUT, "the guardian process did not start");
    return new Guardian(child, lines, folder);
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
    removeFolder(this.#made);
  }

  #acknowledge(pid: number): void {
    this.#acknowledged.get(pid)?.();
    this.#acknowledged.delete(pid);
  }
}

const platform = (message: string): HarnessError => new HarnessError("ERR_PLATFORM", message);

async function within<T>(promise: Promise<T>, timeout: number, message: string): Promise<T> {
  const abort = new AbortController();
  const late = delay(timeout, undefined, { signal: abort.signal }).then((): never => {
    throw new HarnessError("ERR_TIMEOUT", `${message} within ${timeout} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    abort.abort();
    late.catch(() => {});
  }
}
