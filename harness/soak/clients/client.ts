import type { Redis } from "ioredis";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../../command-line/error-text.ts";
import { monotonic } from "../monotonic.ts";
import type { Operation } from "../history/operation.ts";
import type { ClientOperation } from "./messages.ts";
import { boundOf } from "./bound.ts";
import type { Keys, Work } from "./work.ts";

/** Average milliseconds between two operations of a client. */
const PACE = 100;

interface Parts {
  readonly number: number;
  readonly redis: Redis;
  readonly keys: Keys;
  /** Each command is sent once, so the client may write the same keys as others. */
  readonly sendsOnce: boolean;
  readonly random: () => number;
  readonly onOperation: (operation: ClientOperation) => void;
}

/** A client that runs operations in sequence and records them. */
export class Client {
  readonly #parts: Parts;
  readonly #working: Promise<void>;
  #endpoint = "";
  #underWay: ClientOperation | undefined;
  #values = 0;
  #stopped = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { redis } = parts;
    redis.on("connect", () => {
      const { remoteAddress, remotePort } = redis.stream;
      this.#endpoint = `${remoteAddress}:${remotePort}`;
    });
    this.#working = this.#work();
  }

  /** The maximum duration of a command, in ms. */
  get bound(): number {
    return boundOf(this.#parts.redis.options);
  }

  get isReady(): boolean {
    return this.#parts.redis.status === "ready";
  }

  /** The current operation. */
  get underWay(): ClientOperation | undefined {
    return this.#underWay;
  }

  /** Stops starting operations. Resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working;
  }

  async #work(): Promise<void> {
    const { number, keys, random, onOperation, sendsOnce } = this.#parts;
    while (!this.#stopped) {
      await delay(PACE * (0.5 + random()));
      if (this.#stopped) return;
      onOperation(await this.#operate(keys.next(number, sendsOnce)));
      this.#underWay = undefined;
    }
  }

  async #operate({ key, kind }: Work): Promise<ClientOperation> {
    const { number: client } = this.#parts;
    const sent = { client, key, start: monotonic() };
    const begun = this.#begin(sent, kind);
    this.#underWay = begun;
    try {
      const answered = await this.#send(begun);
      return { ...answered, end: monotonic(), endpoint: this.#endpoint };
    } catch (error) {
      const failure = { message: messageOf(error), after: Math.round(monotonic() - sent.start) };
      return { ...begun, failure };
    }
  }

  #begin(sent: Pick<Operation, "client" | "key" | "start">, kind: Work["kind"]): Operation {
    switch (kind) {
      case "set":
        return { ...sent, kind, value: `${sent.client}.${++this.#values}` };
      case "get":
        return { ...sent, kind };
      case "incr":
        return { ...sent, kind, ...(this.#parts.sendsOnce && { sentOnce: true }) };
    }
  }

  async #send(begun: Operation): Promise<Operation> {
    const { redis } = this.#parts;
    switch (begun.kind) {
      case "set":
        await redis.set(begun.key, begun.value);
        return begun;
      case "get":
        return { ...begun, result: await redis.get(begun.key) };
      case "incr":
        return { ...begun, result: await redis.incr(begun.key) };
    }
  }
}
