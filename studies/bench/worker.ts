import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Default timeout of a call, in ms. */
const CALL_TIMEOUT = 60_000;

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

export interface Return {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** @param module a file in `processes/` that calls `serve` @param signal kills the process */
export function startWorker(
  module: string,
  signal: AbortSignal,
  execArgv: readonly string[] = [],
): Worker {
  const path = fileURLToPath(new URL(`processes/${module}`, import.meta.url));
  const options = { execArgv: [...process.execArgv, ...execArgv], signal };
  return new Worker(module, fork(path, { ...options, killSignal: "SIGKILL" }));
}

/** A separate process, so that contestants do not share CPU time and garbage collection. */
export class Worker implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    child.on("message", (message) => this.#settle(message as Return));
    child.once("exit", (code, killedBy) => this.#end(`exited (${killedBy ?? code})`));
    child.once("error", (error) => this.#end(error.message));
  }

  /** Rejects with the method's error, after the process exits, or after `timeout` ms. */
  call<T>(method: string, argument?: unknown, timeout: number = CALL_TIMEOUT): Promise<T> {
    const id = this.#calls++;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle({ id, error: `${method} took longer than ${timeout} ms` }),
        timeout,
      );
      this.#waiting.set(id, {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result as T);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#child.send({ id, method, argument } satisfies Call, (error) => {
        if (error !== null) this.#settle({ id, error: error.message });
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  #settle({ id, result, error }: Return): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`${this.#name}: ${error}`));
  }

  #end(reason: string): void {
    for (const id of this.#waiting.keys()) this.#settle({ id, error: reason });
  }
}
