import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { HarnessError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import { RelayedConnection } from "../machine/relayed-connection.ts";

/** A target of the SRV record. */
export interface Target {
  /** A loopback address. */
  readonly host: string;
  readonly port: number;
}

const HOST = "127.0.0.1";

/**
 * A port that does not change, for clients without SRV records: a relay to the current target. It keeps no
 * process alive.
 */
export class Forward {
  readonly #server: Server;
  readonly #target: () => Target;
  readonly #connections = new Set<RelayedConnection>();
  /** Clients whose target has not accepted yet. */
  readonly #dialing = new Set<Socket>();

  private constructor(target: () => Target) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      this.#accept(client);
    });
  }

  /** @throws HarnessError ERR_INVALID_ARG if the port is not available */
  static async listen(port: number, target: () => Target): Promise<Forward> {
    const forward = new Forward(target);
    try {
      forward.#server.listen({ host: HOST, port, exclusive: true });
      await once(forward.#server, "listening");
      forward.#server.unref();
      return forward;
    } catch (error) {
      const message = `port: cannot listen on ${HOST}:${port} (${messageOf(error)}); leave the option out for any free port`;
      throw new HarnessError("ERR_INVALID_ARG", message, { cause: error });
    }
  }

  get host(): string {
    return HOST;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resets the clients that wait for a former target, so that they connect again. */
  leaveFormerTarget(): void {
    for (const client of this.#dialing) client.resetAndDestroy();
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.leaveFormerTarget();
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  #accept(client: Socket): void {
    const { host, port } = this.#target();
    const upstream = connect({ host, port, allowHalfOpen: true });
    for (const half of [client, upstream]) half.unref();
    const refuse = (): void => void client.resetAndDestroy();
    this.#dialing.add(client);
    client.on("error", () => {});
    client.once("close", () => {
      this.#dialing.delete(client);
      if (upstream.connecting) upstream.destroy();
    });
    upstream.once("error", refuse);
    upstream.once("connect", () => {
      upstream.off("error", refuse);
      this.#dialing.delete(client);
      const connection = new RelayedConnection(client, upstream, () => {
        this.#connections.delete(connection);
      });
      this.#connections.add(connection);
    });
  }
}
