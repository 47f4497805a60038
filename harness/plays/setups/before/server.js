// @ts-check
// The guest book for the old setup. Redis is a container of the same task, so the app expects it to be ready. If it
// is not, the app ends and ECS starts it again.

import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { Redis } from "ioredis";

const { PORT = "3000", HOST, REDIS_URL = "", REDIS_PASSWORD } = process.env;
const { REDIS_WAIT_SECONDS = "30", HEALTH_PATH } = process.env;

const redis = new Redis(REDIS_URL, {
  ...(REDIS_PASSWORD === undefined ? {} : { password: REDIS_PASSWORD }),
  enableReadyCheck: false,
  maxRetriesPerRequest: 1,
});
redis.on("error", (error) => console.error(error.message));

/** Waits a limited time for a Redis that does not run yet or is loading. */
async function waitForRedis() {
  const deadline = performance.now() + Number(REDIS_WAIT_SECONDS) * 1_000;
  for (;;) {
    try {
      await redis.scard("guests");
      return;
    } catch (error) {
      // ReplyError: LOADING Redis is loading the dataset in memory
      if (performance.now() > deadline) throw error;
      await setTimeout(250);
    }
  }
}

const server = createServer((request, response) => {
  const [, resource = "", guest = ""] = (request.url ?? "").split("/");
  answer(`${request.method} /${resource}`, decodeURIComponent(guest)).then(
    ([status, body]) => response.writeHead(status).end(JSON.stringify(body)),
    (/** @type {Error} */ error) =>
      response.writeHead(503).end(JSON.stringify({ error: error.message })),
  );
});

/**
 * @param {string} route
 * @param {string} guest
 * @returns {Promise<[status: number, body: object]>}
 */
async function answer(route, guest) {
  switch (route) {
    case "POST /guests":
      await redis.sadd("guests", guest);
      return [201, { guest }];
    case "GET /guests":
      return [200, { guests: await redis.scard("guests") }];
    default: {
      // A plan may have another path for the health check. * accepts every path.
      const isHealth =
        route === "GET /healthz" || (HEALTH_PATH === "*" && route.startsWith("GET "));
      return isHealth ? [200, { redis: await redis.ping() }] : [404, {}];
    }
  }
}

process.once("SIGTERM", () => {
  server.close(() => redis.disconnect());
  server.closeIdleConnections();
});

try {
  await waitForRedis();
  server.listen({ port: Number(PORT), host: HOST }, () => console.log(`listening on ${PORT}`));
} catch (error) {
  console.error("Redis is not ready:", error instanceof Error ? error.message : error);
  process.exit(1);
}
