// @ts-check
// The example app: a guest book in Redis, which it finds through SRV records. ECS and the local ECS set the same
// environment variables.

import { createServer } from "node:http";
import { dnsResolver } from "srv-dialer";
import { cloudMapResolver } from "srv-dialer/cloud-map";
import { createRedis } from "srv-dialer/ioredis";

const { PORT = "3000", HOST, REDIS_URL = "redis://127.0.0.1", REDIS_PASSWORD } = process.env;
// An additional health path, or * for all paths without a route.
const { HEALTH_PATH } = process.env;

const redis = createRedis(
  REDIS_URL,
  {
    ...(REDIS_PASSWORD === undefined ? {} : { password: REDIS_PASSWORD }),
    // Milliseconds. While Redis moves, a request waits this long; then the user gets 503 and retries.
    commandTimeout: 1_500,
    connectTimeout: 2_000,
  },
  // DNS may answer "no records" until the negative TTL of the zone's SOA expires. The Cloud Map API has current records.
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
  // Independent of Redis, because otherwise ECS would restart the app if Redis is slow.
  "GET /healthz": async () => [200, { alive: true }],

  "GET /readyz": async () => {
    const isReady = redis.status === "ready" && (await redis.ping().catch(() => "")) === "PONG";
    return [isReady ? 200 : 503, { redis: redis.status }];
  },

  "POST /guests": async (guest) => {
    // A set, because ioredis may send a write twice after a reconnect.
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

/** @param {string} text @returns {string | undefined} undefined if it cannot be decoded */
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

// The local ECS sets HOST to a loopback address. ECS does not set it: then the app listens on all addresses.
server.listen({ port: Number(PORT), host: HOST }, () => console.log(`listening on ${PORT}`));

process.once("SIGTERM", () => {
  // ECS has already removed the task from the load balancer. Finish running requests, then exit.
  server.close(() => redis.disconnect());
  server.closeIdleConnections();
});
