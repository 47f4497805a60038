import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { interval } from "../base/interval.ts";
import { BlackHole, type Endpoint } from "./black-hole.ts";
import { RelayedConnection } from "./relayed-connection.ts";

/** Milliseconds between two looks whether the program listens. */
const LOOK_INTERVAL = 20;

/**
 * A container's port as its host publishes it: a relay, as docker-proxy is one. So the network between
 * clients and the program can be cut, for new connections and for those that there are, without any
 * privilege. As behind a NAT rule, which has no listener of its own, a connect is refused until the
 * program listens and once it has ended.
 */
export class PublishedPort {
  readonly #outside: Endpoint;
  readonly #inside: Endpoint;
  readonly #connections = new Set<RelayedConnection>();
  readonly #closed = new AbortController();
  readonly #onError: (error: Error) => void;
  #ready = false;
  #cut: boolean;
  #server: Server | undefined;
  #hole: BlackHole | undefined;
  /** One change after the other. */
  #settling: Promise<void> = Promise.resolve();

  /**
   * @param outside where clients reach it
   * @param inside where the program will listen
   * @param cut whether the network is cut already
   * @param onError told when somebody else has the outside port
   * @param before whose outside port it was
   */
  constructor(
    outside: Endpoint,
    inside: Endpoint,
    cut: boolean,
    onError: (error: Error) => void,
    before?: PublishedPort,
  ) {
    this.#outside = outside;
    this.#inside = inside;
    this.#cut = cut;
    this.#onError = onError;
    if (before) this.#settling = this.#inherit(before);
    void this.#change();
    void this.#watch();
  }

  /** Nothing passes any more, nothing is refused; resolves once that holds. */
  cut(): Promise<void> {
    this.#cut = true;
    for (const connection of this.#connections) connection.hold();
    return this.#change();
  }

  /** All passes again, and what broke meanwhile breaks. */
  reconnect(): Promise<void> {
    this.#cut = false;
    for (const connection of this.#connections) connection.resume();
    return this.#change();
  }

  /** The program has ended. Clients behind a cut network do not learn of it until it is mended. */
  close(): Promise<void> {
    this.#closed.abort();
    return this.#change();
  }

  /** Nothing is left of it, cut or not. */
  discard(): Promise<void> {
    this.#closed.abort();
    this.#cut = false;
    for (const connection of this.#connections) connection.destroy();
    return this.#change();
  }

  /**
   * The outside port is another's. It is told of no connection that is held: those are clients of what
   * was there before.
   * @returns what swallows there, if the network is cut; it is the other's, too
   */
  giveUp(): Promise<BlackHole | undefined> {
    this.#closed.abort();
    void this.#change();
    const given = this.#settling.then(() => {
      const hole = this.#hole;
      this.#hole = undefined;
      return hole;
    });
    this.#settling = given.then(() => undefined);
    return given;
  }

  /** Resolves once it is what it is to be now. */
  settled(): Promise<void> {
    return this.#settling;
  }

  #change(): Promise<void> {
    if (this.#closed.signal.aborted) this.#unlisten();
    this.#settling = this.#settling.then(() => this.#settle()).catch(this.#onError);
    return this.#settling;
  }

  /** Becomes what is wanted now: a relay, a black hole, or nothing. */
  async #settle(): Promise<void> {
    const closed = this.#closed.signal.aborted;
    // Who has no port any more opens no hole in it: it may be another's.
    if (this.#cut && !this.#hole && !closed) await this.#swallow();
    if (!this.#cut && this.#hole) {
      const hole = this.#hole;
      this.#hole = undefined;
      await hole.close();
    }
    const wanted = this.#ready && !this.#cut && !this.#closed.signal.aborted;
    if (wanted && !this.#server) await this.#listen();
  }

  /** Without a gap: what was silent stays silent where the network is cut. */
  async #inherit(before: PublishedPort): Promise<void> {
    this.#hole = await before.giveUp();
  }

  async #swallow(): Promise<void> {
    const hole = await BlackHole.prepare(this.#outside);
    this.#unlisten();
    await hole.open();
    this.#hole = hole;
  }

  async #listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      this.#accept(client);
    });
    server.listen({ host: this.#outside.address, port: this.#outside.port, exclusive: true });
    await once(server, "listening");
    this.#server = server;
    if (this.#closed.signal.aborted || this.#cut) this.#unlisten();
  }

  #unlisten(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  #accept(client: Socket): void {
    const { address: host, port } = this.#inside;
    const program = connect({ host, port, allowHalfOpen: true });
    const refuse = (): void => void client.resetAndDestroy();
    client.on("error", () => program.destroy());
    program.once("error", refuse);
    program.once("connect", () => {
      program.off("error", refuse);
      const connection = new RelayedConnection(client, program, () => {
        this.#connections.delete(connection);
      });
      this.#connections.add(connection);
      if (this.#cut) connection.hold();
    });
  }

  /** Waits until the program listens; nothing on the outside shows before. */
  async #watch(): Promise<void> {
    const { signal } = this.#closed;
    while (!(await isListening(this.#inside))) {
      if (!(await interval(LOOK_INTERVAL, signal))) return;
    }
    this.#ready = true;
    await this.#change();
  }
}

function isListening({ address, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
