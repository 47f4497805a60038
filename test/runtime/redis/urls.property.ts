import { isIP } from "node:net";
import { inspect } from "node:util";
import * as fc from "fast-check";
import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { nameProblem } from "../../../runtime/src/base/name.ts";
import { createRedis } from "../../../runtime/src/ioredis.ts";
import { type RedisUrl, parseRedisUrl } from "../../../runtime/src/redis/url.ts";

/** Part of every password; must not be shown. */
const SECRET = "S3CRET";

const piece = fc.oneof(
  fc.constantFrom("", ":", "@", "/", "?", "#", "%", "%00", "%0a", "%41", "[", "]", "\\", " ", "."),
  fc.constantFrom(
    "dev-redis",
    ".dev-ecs",
    "localhost",
    "127.0.0.1",
    "::1",
    "0x7f.1",
    "_redis._tcp",
  ),
  fc.constantFrom(
    "0",
    "7",
    "6379",
    "65536",
    "-1",
    "1e3",
    "99999999999",
    "db=1",
    "é",
    "\u202e",
    "\0",
  ),
  fc.string({ unit: "grapheme", maxLength: 5 }),
);
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(""));
const scheme = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom("redis+srv://", "rediss+srv://", "redis://", "rediss://"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("REDIS://", "redis:", "redis:///", "http://", "redis+srv:", ""),
  },
);
const credentials = fc.oneof(
  fc.constantFrom("", `:${SECRET}@`, `user:${SECRET}@`),
  fc.tuple(text, text, text).map(([user, before, after]) => {
    return `${user}:${before}${SECRET}${after}@`;
  }),
);
const hosts = fc.oneof(
  fc.constantFrom("dev-redis.dev-ecs", "localhost", "10.0.0.1", "[::1]"),
  text,
);
const tail = fc.oneof(fc.constantFrom("", "/", "/0", "/7", ":0", ":6379", ":6379/1"), text);

/** Valid and invalid URLs. */
const urls = fc.tuple(scheme, credentials, hosts, tail).map((parts) => parts.join(""));

/**
 * Any URL creates a client with the settings in it, or throws a documented error. Neither shows the password.
 */
export function anyUrl(): fc.IPropertyWithHooks<[string]> {
  return fc.property(urls, (url) => {
    let parsed: RedisUrl;
    try {
      parsed = parseRedisUrl(url);
    } catch (error) {
      return checkRefusal(error);
    }
    checkParsed(parsed);
    checkClient(url, parsed);
  });
}

/** @throws {Error} unless it is the error of a wrong argument, in one line and without the secret */
export function checkRefusal(error: unknown): void {
  if (!(error instanceof SrvDialError) || error.code !== "ERR_SRV_INVALID_ARG") throw error;
  if (/[\p{C}\u2028\u2029]/u.test(error.message)) throw new Error(`not one line: ${error.message}`);
  if (inspect(error, { depth: 20, showHidden: true }).includes(SECRET)) {
    throw new Error(`shows the password: ${error.message}`);
  }
}

function checkParsed({ srv, host, port, db }: RedisUrl): void {
  const problem = srv ? nameProblem(host) : hostProblem(host);
  if (problem !== undefined) throw new Error(`host ${JSON.stringify(host)}; allowed: ${problem}`);
  if (srv && port !== undefined) throw new Error("a port beside SRV records");
  const isPort = port === undefined || (Number.isInteger(port) && port >= 1 && port <= 65_535);
  if (!isPort) throw new Error(`port ${port}`);
  if (db !== undefined && !(Number.isSafeInteger(db) && db >= 0)) throw new Error(`db ${db}`);
}

/** @returns what an invalid host name lacks, or undefined */
function hostProblem(host: string): string | undefined {
  if (isIP(host) !== 0) return undefined;
  return /[\s\p{C}/?#@:[\]\\%]/u.test(host) ? "the name of a host" : undefined;
}

function checkClient(url: string, { host, port, db, password, tls }: RedisUrl): void {
  const redis = createRedis(url, { lazyConnect: true });
  try {
    const { options } = redis;
    const shown = `${inspect(redis, { depth: 4 })}${JSON.stringify(options)}`;
    if (password?.includes(SECRET) === true && shown.replace(host, "").includes(SECRET)) {
      throw new Error("the client shows the password");
    }
    const isSame =
      options.host === host &&
      (port === undefined || options.port === port) &&
      options.db === (db ?? 0) &&
      (options.password ?? undefined) === password &&
      (options.tls !== undefined) === tls;
    if (!isSame) throw new Error(`the client has other options: ${JSON.stringify(options)}`);
  } finally {
    redis.disconnect();
  }
}
