import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { interval } from "../base/interval.ts";
import { BlackHole, type Endpoint } from "./black-hole.ts";
import { RelayedConnection } from "./relayed-connection.ts";

/** Milliseconds between two checks whether the program listens. */
const LOOK_INTERVAL = 20;

/**
 * A container's port as its host publishes it: a relay, like docker-proxy. With a relay the network
 * between clients and the program can be cut without privileges, for new and for open connections. As
 * behind a NAT rule, a connect is refused before the program listens and after it has ended.
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
   * @param onError called when another process has the outside port
   * @param before the published port that had the outside port until now
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

  /** Cuts the network: nothing passes, nothing is refused. Resolves once that holds. */
  cut(): Promise<void> {
    this.#cut = true;
    for (const connection of this.#connections) connection.hold();
    return this.#change();
  }

  /** Ends the cut: data passes again, and connections that broke meanwhile break. */
  reconnect(): Promise<void> {
    this.#cut = false;
    for (const connection of this.#connections) connection.resume();
    return this.#change();
  }

  /** The program has ended. Clients behind a cut network see that when the cut ends. */
  close(): Promise<void> {
    this.#closed.abort();
    return this.#change();
  }

  /** Closes it and its connections, cut or not. */
  discard(): Promise<void> {
    this.#closed.abort();
    this.#cut = false;
    for (const connection of this.#connections) connection.destroy();
    return this.#change();
  }

  /**
   * Gives the outside port to another published port. Held connections stay: their clients were
   * connected to this one.
   * @returns the black hole on the port, if the network is cut; the other one has it now
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

  /** Frees the outside port, cut or not. Held connections stay: nothing tells their clients. */
  async free(): Promise<void> {
    const hole = await this.giveUp();
    await hole?.close();
  }

  /** Resolves once all changes so far are done. */
  settled(): Promise<void> {
    return this.#settling;
  }

  #change(): Promise<void> {
    if (this.#closed.signal.aborted) this.#unlisten();
    this.#settling = this.#settling.then(() => this.#settle()).catch(this.#onError);
    return this.#settling;
  }

  /** Becomes what it should be now: a relay, a black hole, or nothing. */
  async #settle(): Promise<void> {
    const closed = this.#closed.signal.aborted;
    // A closed one opens no black hole: the port may belong to another by now.
    if (this.#cut && !this.#hole && !closed) await this.#openHole();
    if (!this.#cut && this.#hole) {
      const hole = this.#hole;
      this.#hole = undefined;
      await hole.close();
    }
    const wanted = this.#ready && !this.#cut && !this.#closed.signal.aborted;
    if (wanted && !this.#server) await this.#listen();
  }

  /** Takes over the black hole, so that a cut port stays silent without a gap. */
  async #inherit(before: PublishedPort): Promise<void> {
    this.#hole = await before.giveUp();
  }

  async #openHole(): Promise<void> {
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

  /** Waits until the program listens; nothing listens on the outside port before. */
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
