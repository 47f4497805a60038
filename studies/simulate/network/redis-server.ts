import type { VirtualClock } from "../virtual-clock.ts";
import type { Assumptions } from "../assumptions.ts";
import { Rate } from "../rate.ts";
import { VirtualSocket } from "./virtual-socket.ts";

const PONG = Buffer.from("+PONG\r\n");

interface Connection {
  readonly socket: VirtualSocket;
  isAccepted: boolean;
  /** What it has sent before it was accepted. */
  isAsking: boolean;
  /** After the first reply, what the client sends is its handshake. */
  isKnown: boolean;
}

/** A Redis: one thread that works for one connection after the other, behind the backlog of Linux. */
export class RedisServer {
  /** First packets of connections, those sent again included. */
  readonly syns = new Rate();
  /** First packets that found the backlog full. */
  overflows = 0;
  readonly #clock: VirtualClock;
  readonly #assumptions: Assumptions;
  readonly #open = new Set<Connection>();
  #isListening = false;
  #waiting = 0;
  #freeAt = 0;
  /** Another one after each stop. */
  #life = 0;

  constructor(clock: VirtualClock, assumptions: Assumptions) {
    this.#clock = clock;
    this.#assumptions = assumptions;
  }

  listen(): void {
    this.#isListening = true;
  }

  /** Every connection is reset. */
  stop(): void {
    this.#isListening = false;
    this.#waiting = 0;
    this.#life++;
    const open = [...this.#open];
    this.#open.clear();
    for (const { socket } of open) socket.fail(new Error("read ECONNRESET"));
  }

  connect(): VirtualSocket {
    const socket = new VirtualSocket();
    this.#arrive(socket, [...this.#assumptions.synRetries]);
    return socket;
  }

  /** @param retries when the first packet is sent again, in ms since it was first sent */
  #arrive(socket: VirtualSocket, retries: readonly number[], sentFor = 0): void {
    const { roundTrip, redis } = this.#assumptions;
    this.#clock.after(roundTrip.tcp / 2, () => {
      if (socket.destroyed) return;
      this.syns.add(this.#clock.now());
      if (!this.#isListening) return this.#refuse(socket);
      if (this.#waiting < redis.backlog) return this.#take(socket);
      this.overflows++;
      const [next, ...later] = retries;
      // What is left is the dialer's deadline.
      if (next === undefined) return;
      this.#clock.after(next - sentFor, () => {
        if (!socket.destroyed) this.#arrive(socket, later, next);
      });
    });
  }

  #refuse(socket: VirtualSocket): void {
    this.#backAtClient(() => socket.fail(new Error("connect ECONNREFUSED")));
  }

  #take(socket: VirtualSocket): void {
    const connection = { socket, isAccepted: false, isAsking: false, isKnown: false };
    this.#open.add(connection);
    this.#waiting++;
    socket.peer = {
      onWrite: () => this.#hear(connection),
      onClose: () => this.#open.delete(connection),
    };
    this.#backAtClient(() => socket.emit("connect"));
    this.#work(this.#assumptions.redis.accept, () => {
      this.#waiting--;
      connection.isAccepted = true;
      if (connection.isAsking) this.#reply(connection);
    });
  }

  #hear(connection: Connection): void {
    this.#clock.after(this.#assumptions.roundTrip.tcp / 2, () => {
      connection.isAsking = true;
      if (connection.isAccepted) this.#reply(connection);
    });
  }

  #reply(connection: Connection): void {
    if (!this.#open.has(connection)) return;
    const { ping, handshake } = this.#assumptions.redis;
    const { isKnown, socket } = connection;
    connection.isKnown = true;
    this.#work(isKnown ? handshake : ping, () => {
      if (this.#open.has(connection)) this.#backAtClient(() => socket.receive(PONG));
    });
  }

  /** Its thread works when it is free; nothing is done after its stop. */
  #work(duration: number, done: () => void): void {
    const now = this.#clock.now();
    const life = this.#life;
    this.#freeAt = Math.max(this.#freeAt, now) + duration;
    this.#clock.after(this.#freeAt - now, () => {
      if (life === this.#life) done();
    });
  }

  #backAtClient(run: () => void): void {
    this.#clock.after(this.#assumptions.roundTrip.tcp / 2, run);
  }
}
