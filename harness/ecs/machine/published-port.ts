import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { interval } from "../base/interval.ts";
import { BlackHole, type Endpoint } from "./black-hole.ts";
import { RelayedConnection } from "./relayed-connection.ts";

/** Milliseconds between two checks whether the program listens. */
const LOOK_INTERVAL = 20;
/** Milliseconds. A new network may lose the first packet, which the kernel sends again only after a second. */
const LOOK_TIMEOUT = 250;

/**
 * A published port of a container: a relay, like docker-proxy. With a relay the network between clients and the
 * program can be cut without privileges, for new and for open connections. As behind a NAT rule, connections
 * are refused before the program listens and after it has ended.
 */
export class PublishedPort {
  readonly #endpoint: Endpoint;
  readonly #target: Endpoint;
  readonly #connections = new Set<RelayedConnection>();
  readonly #closed = new AbortController();
  readonly #onError: (error: Error) => void;
  #ready = false;
  #cut: boolean;
  #server: Server | undefined;
  #hole: BlackHole | undefined;
  /** Changes are applied one after the other. */
  #applying: Promise<void> = Promise.resolve();

  /**
   * @param endpoint the endpoint for clients
   * @param target the endpoint on which the program will listen
   * @param cut whether the network is already cut
   * @param onError called if another process uses the port
   * @param before the previous published port on this endpoint
   */
  constructor(
    endpoint: Endpoint,
    target: Endpoint,
    cut: boolean,
    onError: (error: Error) => void,
    before?: PublishedPort,
  ) {
    this.#endpoint = endpoint;
    this.#target = target;
    this.#cut = cut;
    this.#onError = onError;
    if (before) this.#applying = this.#inherit(before);
    void this.#change();
    void this.#watch();
  }

  /** Cuts the network: packets are dropped. Resolves when the cut is in effect. */
  cut(): Promise<void> {
    this.#cut = true;
    for (const connection of this.#connections) connection.hold();
    return this.#change();
  }

  /** Ends the cut: data flows again, and connections that broke during the cut are reset. */
  reconnect(): Promise<void> {
    this.#cut = false;
    for (const connection of this.#connections) connection.resume();
    return this.#change();
  }

  /** The program has ended. Clients behind a cut network notice that when the cut ends. */
  close(): Promise<void> {
    this.#closed.abort();
    return this.#change();
  }

  /** Closes the port and its connections, even during a cut. */
  discard(): Promise<void> {
    this.#closed.abort();
    this.#cut = false;
    for (const connection of this.#connections) connection.destroy();
    return this.#change();
  }

  /**
   * Hands the endpoint over to another published port. Paused connections stay paused: their clients were
   * connected to this one.
   * @returns the black hole on the port if the network is cut; the other published port owns it now
   */
  handOver(): Promise<BlackHole | undefined> {
    this.#closed.abort();
    void this.#change();
    const given = this.#applying.then(() => {
      const hole = this.#hole;
      this.#hole = undefined;
      return hole;
    });
    this.#applying = given.then(() => undefined);
    return given;
  }

  /** Frees the endpoint, even during a cut. Paused connections stay paused: their clients do not notice. */
  async free(): Promise<void> {
    const hole = await this.handOver();
    await hole?.close();
  }

  /** Resolves when all changes so far are applied. */
  untilApplied(): Promise<void> {
    return this.#applying;
  }

  #change(): Promise<void> {
    if (this.#closed.signal.aborted) this.#unlisten();
    this.#applying = this.#applying.then(() => this.#apply()).catch(this.#onError);
    return this.#applying;
  }

  /** Applies the current state: a relay, a black hole, or neither. */
  async #apply(): Promise<void> {
    const closed = this.#closed.signal.aborted;
    // A closed port opens no black hole, because another task may use the port by now.
    if (this.#cut && !this.#hole && !closed) await this.#openHole();
    if (!this.#cut && this.#hole) {
      const hole = this.#hole;
      this.#hole = undefined;
      await hole.close();
    }
    const wanted = this.#ready && !this.#cut && !this.#closed.signal.aborted;
    if (wanted && !this.#server) await this.#listen();
  }

  /** Takes over the previous black hole, so that a cut port stays silent without a gap. */
  async #inherit(before: PublishedPort): Promise<void> {
    this.#hole = await before.handOver();
  }

  async #openHole(): Promise<void> {
    const hole = await BlackHole.prepare(this.#endpoint);
    this.#unlisten();
    await hole.open();
    this.#hole = hole;
  }

  async #listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      this.#accept(client);
    });
    server.listen({ host: this.#endpoint.address, port: this.#endpoint.port, exclusive: true });
    await once(server, "listening");
    this.#server = server;
    if (this.#closed.signal.aborted || this.#cut) this.#unlisten();
  }

  #unlisten(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  #accept(client: Socket): void {
    const { address: host, port } = this.#target;
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

  /** Waits until the program listens. Until then nothing listens on the port. */
  async #watch(): Promise<void> {
    const { signal } = this.#closed;
    while (!(await isListening(this.#target))) {
      if (!(await interval(LOOK_INTERVAL, signal))) return;
    }
    this.#ready = true;
    await this.#change();
  }
}

function isListening({ address, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    const end = (isOpen: boolean) => (): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket
      .once("connect", end(true))
      .once("error", end(false))
      .setTimeout(LOOK_TIMEOUT, end(false));
  });
}
