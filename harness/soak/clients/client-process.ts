import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { until } from "../../plays/stage/until.ts";
import type { ClientOperation, FromClients, Settings, ToClients } from "./messages.ts";
import type { Sample } from "./sample.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Without it, the AWS SDK prints a warning about Node.js 20. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

/** Milliseconds for the start of the process and for an answer. Both take seconds on a busy machine. */
const START = 60_000;
const ANSWER = 30_000;

/** The clients of a soak, in a separate process. */
export class ClientProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #onOperations: (operations: readonly ClientOperation[]) => void;
  #samples: Sample[] = [];
  #unanswered: readonly ClientOperation[] | undefined;
  #bounds: readonly number[] | undefined;
  #exit: string | undefined;

  constructor(settings: Settings, onOperations: (operations: readonly ClientOperation[]) => void) {
    this.#onOperations = onOperations;
    this.#child = fork(MAIN, {
      execArgv: ["--import", import.meta.resolve("tsx")],
      env: { ...process.env, ...QUIET },
    });
    this.#child.on("message", (message) => this.#receive(message as FromClients));
    this.#child.once("exit", (code, signal) => (this.#exit = String(signal ?? code)));
    this.#send({ type: "start", settings });
  }

  /** The maximum duration of a command of each client, in ms. */
  async bounds(): Promise<readonly number[]> {
    return this.#answer("the start of the clients", () => this.#bounds, START);
  }

  /** A sample of the process' memory and descriptors, after a garbage collection. */
  async sample(): Promise<Sample> {
    this.#samples = [];
    this.#send({ type: "sample" });
    return this.#answer("a sample of the clients", () => this.#samples.at(-1), ANSWER);
  }

  /**
   * Stops new operations and waits for the current ones.
   * @returns the operations without a reply within that time
   */
  async stop(within: number): Promise<readonly ClientOperation[]> {
    this.#send({ type: "stop", within });
    return this.#answer("the end of the clients", () => this.#unanswered, within + ANSWER);
  }

  /** @throws if the process has ended, which is unexpected */
  throwIfGone(): void {
    if (this.#exit !== undefined) {
      throw new Error(`the process of the clients ended with ${this.#exit}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#exit !== undefined) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }

  #answer<T>(what: string, find: () => T | undefined, timeout: number) {
    return until(what, () => (this.throwIfGone(), find()), { timeout });
  }

  #receive(message: FromClients): void {
    switch (message.type) {
      case "started":
        this.#bounds = message.bounds;
        break;
      case "operations":
        this.#onOperations(message.operations);
        break;
      case "sample":
        this.#samples.push(message.sample);
        break;
      case "stopped":
        this.#unanswered = message.unanswered;
    }
  }

  #send(message: ToClients): void {
    this.throwIfGone();
    this.#child.send(message);
  }
}
