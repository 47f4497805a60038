import type { Target } from "./forward.ts";

/** What a client of ioredis needs beside the address. */
export interface ClientOptions {
  readonly password?: string;
  readonly tls?: { readonly ca: string };
}

/**
 * A real Redis behind an SRV name. Its methods do to it what happens to a Redis on ECS. They run one after the
 * other, and each resolves when its effect is there. While Redis is lost or frozen, only `restore`, `move` and
 * `close` are allowed.
 */
export interface MovingRedis extends AsyncDisposable {
  /** The SRV name: `redis.moving`. It has an A record too. */
  readonly name: string;
  /** `redis+srv://redis.moving` or `rediss+srv://`, with the password. */
  readonly url: string;
  /** Address of the DNS server that knows the name, `127.0.0.1:PORT`. */
  readonly dns: string;
  /** Where Redis is now. */
  readonly target: Target;
  /** Host of the fixed forward, a relay to the current target for clients without SRV records. */
  readonly host: string;
  /** Port of the fixed forward. */
  readonly port: number;
  /** Password and CA certificate, if any, as ioredis takes them. */
  readonly clientOptions: ClientOptions;
  /** The file with the certificate of `clientOptions`; undefined without TLS. */
  readonly caFile: string | undefined;
  /**
   * It is killed and starts at another address and port, with its data. The record changes when the new one is
   * ready. A lost host stays silent for its clients.
   */
  move(): Promise<void>;
  /** The record is removed, it ends gracefully, and starts at another address and port, with its data. */
  deploy(): Promise<void>;
  /** It is killed and starts at the same address and port, with its data. The record does not change. */
  crash(): Promise<void>;
  /** Its host is lost: connections get no data, and new ones are neither accepted nor refused. */
  lose(): Promise<void>;
  /** The process hangs: connections are accepted and get no reply. */
  freeze(): Promise<void>;
  /** It restarts at the same address and port and replies LOADING for about this time. @param ms 1 to 60 000 */
  slowLoad(ms: number): Promise<void>;
  /**
   * It is killed, and starts again at the same address and port after this time. Resolves when it is away; later calls
   * wait until it is back. @param ms 1 to 600 000
   */
  outage(ms: number): Promise<void>;
  /**
   * A failover: another Redis takes over at another address and port, and the record changes. The former one keeps its
   * connections, and answers writes with READONLY until `restore`.
   */
  demote(): Promise<void>;
  /**
   * Ends `lose`, `freeze` and `demote`. If Redis has moved since, the connections to the former one are reset.
   */
  restore(): Promise<void>;
  /** Ends everything and removes the data. Can be called again. */
  close(): Promise<void>;
}
