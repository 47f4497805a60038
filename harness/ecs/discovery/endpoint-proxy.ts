import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { now } from "../base/events.ts";
import type { Endpoint } from "../machine/black-hole.ts";
import { RelayedConnection } from "../machine/relayed-connection.ts";

/** Milliseconds. Envoy's default, because ECS does not document its own. */
const CONNECT_TIMEOUT = 5_000;
/** A task with this many failed connections in {@link RECENT} milliseconds is avoided. */
const OUTLIER_FAILURES = 5;
const RECENT = 30_000;

/** A task behind an endpoint. */
export interface ConnectTarget {
  readonly taskId: string;
  readonly address: string;
  readonly port: number;
  readonly healthy: boolean;
}

/**
 * The proxy of an endpoint of Service Connect. It connects each client to a task, in turn, and to another one if
 * that fails. Clients of an endpoint without tasks are accepted and closed, as by the proxy in ECS.
 */
export class EndpointProxy {
  #settings: ProxySettings;
  readonly #connections = new Set<Connection>();
  /** Times of failed connections, by task. */
  readonly #failures = new Map<string, number[]>();
  readonly #server: Server;
  #turn = 0;

  constructor(settings: ProxySettings) {
    this.#settings = settings;
    const options = { allowHalfOpen: true, pauseOnConnect: true };
    this.#server = createServer(options, (client) => void this.#accept(client));
  }

  async listen({ address, port }: Endpoint): Promise<void> {
    this.#server.listen({ host: address, port, exclusive: true });
    await once(this.#server, "listening");
  }

  /** Applies to new connections. */
  change(settings: ProxySettings): void {
    this.#settings = settings;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const { client, program } of this.#connections) {
      client.destroy();
      program?.destroy();
    }
    await closed;
  }

  async #accept(client: Socket): Promise<void> {
    const connection: Connection = { client, program: undefined };
    this.#connections.add(connection);
    client.on("error", () => client.destroy());
    client.once("close", () => this.#connections.delete(connection));
    for (const target of this.#attempts()) {
      const program = await connected(target, connection);
      if (client.destroyed) break;
      if (program === undefined) {
        this.#fail(target);
        continue;
      }
      this.#failures.delete(target.taskId);
      this.#relay(client, program);
      return;
    }
    connection.program?.destroy();
    client.destroy();
  }

  #relay(client: Socket, program: Socket): void {
    new RelayedConnection(client, program, () => {});
    client.setTimeout(this.#settings.idleTimeout * 1_000, () => {
      client.destroy();
      program.destroy();
    });
  }

  /** The tasks to try: the next one, and then another one if there is one. */
  #attempts(): readonly ConnectTarget[] {
    const all = this.#usable();
    const [first] = all;
    if (first === undefined) return [];
    const start = this.#turn % all.length;
    this.#turn += 1;
    const inTurn = [...all.slice(start), ...all.slice(0, start)];
    return [inTurn[0] ?? first, inTurn[1] ?? first];
  }

  /** Healthy tasks without many failures; all if there are none. */
  #usable(): readonly ConnectTarget[] {
    const all = [...this.#settings.targets.values()];
    const healthy = all.filter((target) => target.healthy);
    const candidates = healthy.length > 0 ? healthy : all;
    const good = candidates.filter(({ taskId }) => this.#recent(taskId).length < OUTLIER_FAILURES);
    return good.length > 0 ? good : candidates;
  }

  #fail({ taskId }: ConnectTarget): void {
    this.#failures.set(taskId, [...this.#recent(taskId), now()]);
  }

  #recent(taskId: string): number[] {
    return (this.#failures.get(taskId) ?? []).filter((at) => at > now() - RECENT);
  }
}

interface ProxySettings {
  /** The current tasks. */
  readonly targets: ReadonlyMap<string, ConnectTarget>;
  /** Seconds without data after which a connection is closed. 0: never. */
  readonly idleTimeout: number;
}

/** A client, and the connection to a task for it. */
interface Connection {
  readonly client: Socket;
  program: Socket | undefined;
}

/** Connects to a task; undefined if that fails or takes too long, or if the client has gone. */
function connected(
  { address: host, port }: ConnectTarget,
  connection: Connection,
): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const program = connect({ host, port, allowHalfOpen: true });
    connection.program = program;
    const give = (socket: Socket | undefined) => (): void => {
      if (socket === undefined) program.destroy();
      program.setTimeout(0);
      connection.client.off("close", failed);
      resolve(socket);
    };
    const failed = give(undefined);
    program.setTimeout(CONNECT_TIMEOUT, failed);
    program.on("error", failed);
    program.once("connect", give(program));
    connection.client.once("close", failed);
  });
}
