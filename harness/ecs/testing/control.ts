import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HarnessError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import type { MovingRedis } from "./types.ts";

const HOST = "127.0.0.1";

/** What a program in another language can do with a moving Redis. */
const METHODS: Readonly<Record<string, (redis: MovingRedis, ms: number) => Promise<void>>> = {
  move: (redis) => redis.move(),
  deploy: (redis) => redis.deploy(),
  crash: (redis) => redis.crash(),
  lose: (redis) => redis.lose(),
  freeze: (redis) => redis.freeze(),
  "slow-load": (redis, ms) => redis.slowLoad(ms),
  outage: (redis, ms) => redis.outage(ms),
  demote: (redis) => redis.demote(),
  restore: (redis) => redis.restore(),
};

export interface Control {
  /** `http://127.0.0.1:PORT/TOKEN`. */
  readonly url: string;
  close(): void;
}

/**
 * Controls a moving Redis by HTTP: `POST URL/move`, `POST URL/outage?ms=2000`. A reply comes when the method has
 * resolved: 200 with `{ "target": { "host", "port" } }`, 400 for a call that is not allowed, 404 for an unknown one, 500
 * for a failure, each with `{ "error" }`. The token in the URL keeps out web pages and other users.
 */
export async function startControl(redis: MovingRedis): Promise<Control> {
  const path = `/${randomBytes(16).toString("hex")}`;
  const server = createServer((request, response) => {
    request.resume();
    const { url = "" } = request;
    if (!url.startsWith(`${path}/`)) return reply(response, 404, "the URL has no valid token");
    // Only now: `//` alone is no URL.
    const { pathname, searchParams } = new URL(url, `http://${HOST}`);
    const name = pathname.slice(path.length + 1);
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    const allowed = `allowed: ${Object.keys(METHODS).join(", ")}`;
    if (method === undefined) return reply(response, 404, `unknown method "${name}"; ${allowed}`);
    if (request.method !== "POST") return reply(response, 405, `use POST, not ${request.method}`);
    method(redis, Number(searchParams.get("ms") ?? Number.NaN)).then(
      () => reply(response, 200, redis.target),
      (error: unknown) => reply(response, isMisuse(error) ? 400 : 500, messageOf(error)),
    );
  });
  server.listen({ host: HOST, port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://${HOST}:${port}${path}`, close };
}

const isMisuse = (error: unknown): boolean =>
  error instanceof HarnessError && error.code === "ERR_INVALID_ARG";

/** @param result the target, or the message of an error */
function reply(response: ServerResponse, status: number, result: object | string): void {
  const body = typeof result === "string" ? { error: result } : { target: result };
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}
