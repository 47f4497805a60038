import type { VirtualClock } from "../virtual-clock.ts";
import type { Assumptions } from "../assumptions.ts";
import { Rate } from "../rate.ts";
import { VirtualSocket } from "./virtual-socket.ts";

const PONG = Buffer.from("+PONG\r\n");

interface Connection {
  readonly socket: VirtualSocket;
  isAccepted: boolean;
  /** Whether the client has sent something. */
  hasSent: boolean;
  /** After the first reply, the client sends its handshake. */
  hasReplied: boolean;
}

/** A Redis with one thread, which handles connections one after the other, and the backlog of Linux. */
export class RedisServer {
  /** First packets of connections, including resent ones. */
  readonly syns = new Rate();
  /** First packets dropped because the backlog was full. */
  overflows = 0;
  readonly #clock: VirtualClock;
  readonly #assumptions: Assumptions;
  readonly #open = new Set<Connection>();
  #isListening = false;
  #waiting = 0;
  #freeAt = 0;
  /** Changes at each stop. */
  #life = 0;

  constructor(clock: VirtualClock, assumptions: Assumptions) {
    this.#clock = clock;
    this.#assumptions = assumptions;
  }

  listen(): void {
    this.#isListening = true;
  }

  /** Resets all connections. */
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

  /** @param retries times at which the first packet is resent, in ms since it was first sent */
  #arrive(socket: VirtualSocket, retries: readonly number[], sentFor = 0): void {
    const { roundTrip, redis } = this.#assumptions;
    this.#clock.after(roundTrip.tcp / 2, () => {
      if (socket.destroyed) return;
      this.syns.add(this.#clock.now());
      if (!this.#isListening) return this.#refuse(socket);
      if (this.#waiting < redis.backlog) return this.#take(socket);
      this.overflows++;
      const [next, ...later] = retries;
      // Then only the dialer's deadline ends the attempt.
      if (next === undefined) return;
      this.#clock.after(next - sentFor, () => {
        if (!socket.destroyed) this.#arrive(socket, later, next);
      });
    });
  }

  #refuse(socket: VirtualSocket): void {
    this.#afterHalfRoundTrip(() => socket.fail(new Error("connect ECONNREFUSED")));
  }

  #take(socket: VirtualSocket): void {
    const connection = { socket, isAccepted: false, hasSent: false, hasReplied: false };
    this.#open.add(connection);
    this.#waiting++;
    socket.peer = {
      onWrite: () => this.#receive(connection),
      onClose: () => this.#open.delete(connection),
    };
    this.#afterHalfRoundTrip(() => socket.emit("connect"));
    this.#work(this.#assumptions.redis.accept, () => {
      this.#waiting--;
      connection.isAccepted = true;
      if (connection.hasSent) this.#reply(connection);
    });
  }

  #receive(connection: Connection): void {
    this.#clock.after(this.#assumptions.roundTrip.tcp / 2, () => {
      connection.hasSent = true;
      if (connection.isAccepted) this.#reply(connection);
    });
  }

  #reply(connection: Connection): void {
    if (!this.#open.has(connection)) return;
    const { ping, handshake } = this.#assumptions.redis;
    const { hasReplied, socket } = connection;
    connection.hasReplied = true;
    this.#work(hasReplied ? handshake : ping, () => {
      if (this.#open.has(connection)) this.#afterHalfRoundTrip(() => socket.receive(PONG));
    });
  }

  /** Calls `done` after the thread was free and has worked; never after a stop. */
  #work(duration: number, done: () => void): void {
    const now = this.#clock.now();
    const life = this.#life;
    this.#freeAt = Math.max(this.#freeAt, now) + duration;
    this.#clock.after(this.#freeAt - now, () => {
      if (life === this.#life) done();
    });
  }

  #afterHalfRoundTrip(run: () => void): void {
    this.#clock.after(this.#assumptions.roundTrip.tcp / 2, run);
  }
}
