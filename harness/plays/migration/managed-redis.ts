import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { startRedis, type Redis } from "../../ecs/programs/start-redis.ts";
import { makeFolder, removeFolder } from "../../ecs/base/temporary-folder.mjs";
import { makeCertificate } from "../../ecs/programs/certificate.ts";
import { atExit } from "../../ecs/base/at-exit.ts";
import type { ManagedPlace } from "../setups/setup.ts";

/** As in the URL that the stacks write. */
const PORT = 6379;

/** The name of an endpoint. */
const NAME = "master.dev-redis.local.euc1.cache.amazonaws.com";

/** A random loopback address, so that plays do not share it, and a certificate, until this process ends. */
export function managedPlace(): ManagedPlace {
  const address = `127.${randomInt(16, 255)}.${randomInt(256)}.2`;
  const folder = makeFolder("managed-redis-");
  atExit(() => removeFolder(folder));
  return { name: NAME, address, port: PORT, certificate: makeCertificate(folder.path, [NAME]) };
}

/**
 * A stand-in for a managed Redis: a real server outside the local ECS, with TLS and a password, at a fixed name and
 * port.
 */
export class ManagedRedis implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #endpoint: Server;
  readonly #sockets = new Set<Socket>();

  static async start(
    { address, port, certificate }: ManagedPlace,
    password: string,
  ): Promise<ManagedRedis> {
    const redis = await startRedis({ tls: certificate, password });
    const managed = new ManagedRedis(redis);
    try {
      managed.#endpoint.listen({ host: address, port });
      await once(managed.#endpoint, "listening");
      return managed;
    } catch (error) {
      await managed[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(redis: Redis) {
    this.#redis = redis;
    this.#endpoint = createServer((client) => {
      const server = connect(redis.port, "127.0.0.1");
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.setNoDelay(true);
        // The end of one side ends the other.
        socket.on("error", () => {});
        socket.once("close", () => {
          this.#sockets.delete(socket);
          client.destroy();
          server.destroy();
        });
      }
      client.pipe(server).pipe(client);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endpoint.close();
    for (const socket of this.#sockets) socket.destroy();
    await this.#redis.stop();
  }
}
