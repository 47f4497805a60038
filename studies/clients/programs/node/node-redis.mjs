// https://redis.io/docs/latest/develop/clients/nodejs/produsage/
import { createClient } from "redis";
import { host, isGuide, port, run } from "./loop.mjs";

const guide = {
  socket: { host, port, reconnectStrategy, connectTimeout: 10_000, keepAlive: true },
  disableOfflineQueue: false,
  commandOptions: { timeout: 3_000 },
};
const client = createClient(isGuide ? guide : { socket: { host, port } });
// The guide: without a listener, an error ends the program.
client.on("error", () => {});
await client.connect();
await run(async (key) => [await client.incr(key), await client.get(key)]);

/** As in the guide: exponential, with jitter. */
function reconnectStrategy(retries) {
  const jitter = Math.floor(Math.random() * 200);
  return Math.min(2 ** retries * 50, 2_000) + jitter;
}
