// @ts-check
// The example app: a guest book in Redis, found through SRV records. It runs on ECS and here from the
// same environment variables.

import { createServer } from "node:http";
import { dnsResolver } from "srv-dialer";
import { cloudMapResolver } from "srv-dialer/cloud-map";
import { createRedis } from "srv-dialer/ioredis";

const { PORT = "3000", HOST, REDIS_URL = "redis://127.0.0.1", REDIS_PASSWORD } = process.env;
// Another path than /healthz; with * every path that has no other route.
const { HEALTH_PATH } = process.env;

const redis = createRedis(
  REDIS_URL,
  {
    ...(REDIS_PASSWORD === undefined ? {} : { password: REDIS_PASSWORD }),
    // Milliseconds that a request waits for a Redis that moves; then the user is asked to try again.
    commandTimeout: 1_500,
    connectTimeout: 2_000,
  },
  // DNS may answer "no records" for as long as the zone's SOA says; the Cloud Map API knows the current ones.
  { resolver: [dnsResolver(), cloudMapResolver()] },
);
let lastError = "";
redis.on("error", (error) => {
  if (error.message !== lastError) console.error((lastError = error.message));
});
redis.on("ready", () => {
  lastError = "";
  console.log("redis is ready");
});

/** @type {Record<string, (argument: string) => Promise<[status: number, body: object]>>} */
const routes = {
  // Does not depend on Redis: otherwise a slow Redis would make ECS restart the app.
  "GET /healthz": async () => [200, { alive: true }],

  "GET /readyz": async () => {
    const isReady = redis.status === "ready" && (await redis.ping().catch(() => "")) === "PONG";
    return [isReady ? 200 : 503, { redis: redis.status }];
  },

  "POST /guests": async (guest) => {
    // A set: a write that is sent twice after a reconnect counts once.
    await redis.sadd("guests", guest);
    return [201, { guest }];
  },

  "GET /guests": async () => [200, { guests: await redis.scard("guests") }],
};

const server = createServer((request, response) => {
  answer(request)
    .catch((error) => /** @type {const} */ ([503, { error: error.message }]))
    .then(([status, body]) => send(response, status, body))
    .catch((error) => response.destroy(error));
});

/**
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<[status: number, body: object]>}
 */
async function answer(request) {
  const [, resource = "", argument = ""] = (request.url ?? "").split("/");
  const isHealth = request.method === "GET" && (HEALTH_PATH === "*" || HEALTH_PATH === request.url);
  const route = `${request.method} /${resource}`;
  const handler = routes[route] ?? (isHealth ? routes["GET /healthz"] : undefined);
  if (handler === undefined) return [404, {}];
  const text = decode(argument);
  return text === undefined ? [400, { error: "broken percent-encoding" }] : handler(text);
}

/** @param {string} text @returns {string | undefined} undefined when it cannot be decoded */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {number} status
 * @param {object} body
 */
function send(response, status, body) {
  response.writeHead(status, {
    "content-type": "application/json",
    ...(status === 503 ? { "retry-after": "1" } : {}),
  });
  response.end(JSON.stringify(body));
}

// Without HOST, as on ECS, on every address; the local ECS gives a loopback address.
server.listen({ port: Number(PORT), host: HOST }, () => console.log(`listening on ${PORT}`));

process.once("SIGTERM", () => {
  // ECS has taken the task out of the load balancer: requests under way are finished.
  server.close(() => redis.disconnect());
  server.closeIdleConnections();
});
