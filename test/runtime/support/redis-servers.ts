// Redis servers with problems.
import { once } from "node:events";
import { type Socket, connect } from "node:net";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

import { Redis as Client } from "ioredis";

import { type Redis, startRedis } from "../../../harness/ecs/programs/start-redis.ts";

/** ms; longer than a reply on loopback takes. */
const UNANSWERED_AFTER = 100;
/** Maximum of connections that a kernel accepts for a server with a backlog of 1 that accepts none. */
const MAX_BACKLOG = 20;

export interface LoadingRedis extends AsyncDisposable {
  readonly port: number;
  /** The last key. Its value has 100 bytes. */
  readonly key: string;
  readonly isLoaded: () => boolean;
  /** Finishes the loading immediately. */
  readonly hurry: () => Promise<void>;
}

/** A Redis that loads its data for ten seconds, unless the test ends the loading. */
export async function startLoadingRedis(): Promise<LoadingRedis> {
  const first = await startRedis();
  const keys = 2_000;
  await command(first.port, async (client) => {
    const pipeline = client.pipeline();
    for (let key = 0; key < keys; key++) pipeline.set(`key:${key}`, "x".repeat(100));
    await pipeline.exec();
    await client.save();
  });
  // 5 ms per key.
  const args = ["--key-load-delay", "5000", "--loading-process-events-interval-bytes", "1024"];
  const loading = await startRedis({ dir: first.dir, args });
  return {
    port: loading.port,
    key: `key:${keys - 1}`,
    isLoaded: () => loading.log().includes("DB loaded from disk"),
    hurry: () =>
      command(
        loading.port,
        async (client) => void (await client.config("SET", "key-load-delay", "0")),
      ),
    async [Symbol.asyncDispose]() {
      await loading.stop();
      await first.stop();
    },
  };
}

/** A Redis with `maxclients 1` and one client, so that it refuses others until that client disconnects. */
export async function startFullRedis(): Promise<Redis & { leave: () => void }> {
  const redis = await startRedis();
  const only = connect({ port: redis.port, host: "127.0.0.1" }).on("error", () => {});
  only.write("CONFIG SET maxclients 1\r\n");
  await once(only, "data");
  const leave = (): void => void only.destroy();
  const dispose = async (): Promise<void> => {
    leave();
    await redis.stop();
  };
  return { ...redis, leave, stop: dispose, [Symbol.asyncDispose]: dispose };
}

/** A Redis whose host can be lost. Then neither Redis nor the kernel answers. */
export async function startLosableRedis(): Promise<Redis & { lose: () => Promise<void> }> {
  const redis = await startRedis({ args: ["--tcp-backlog", "1"] });
  const fillers: Socket[] = [];
  const lose = async (): Promise<void> => {
    redis.signal("SIGSTOP");
    // A full backlog drops new connections, as a lost host does.
    while (fillers.length < MAX_BACKLOG) {
      const filler = connect({ port: redis.port, host: "127.0.0.1" }).on("error", () => {});
      fillers.push(filler);
      await sleep(UNANSWERED_AFTER);
      // Lets this process handle earlier events first.
      await nextTurn();
      if (filler.connecting) return;
    }
    throw new Error(`this kernel takes more than ${MAX_BACKLOG} connections for a backlog of 1`);
  };
  const dispose = async (): Promise<void> => {
    for (const filler of fillers) filler.destroy();
    await redis.stop();
  };
  return { ...redis, lose, stop: dispose, [Symbol.asyncDispose]: dispose };
}

/** Runs a function with a client on a port, even if Redis is not ready. */
export async function command(port: number, use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ port, host: "127.0.0.1", enableReadyCheck: false });
  try {
    await use(client);
  } finally {
    client.disconnect();
  }
}
