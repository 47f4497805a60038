import { isIP } from "node:net";
import { SrvDialError } from "../base/errors.ts";
import { isLocalhost, nameProblem } from "../base/name.ts";

/** The parts of a Redis URL. No defaults are filled in. With `srv`, the host is an SRV name. */
export interface RedisUrl {
  readonly srv: boolean;
  readonly tls: boolean;
  readonly host: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
}

const SCHEMES = ["redis+srv:", "rediss+srv:", "redis:", "rediss:"];
const FORM = "redis+srv://[user:password@]name[/db], rediss+srv://…, redis://… or rediss://…";

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG, which says which part is wrong, and never has the password or the URL */
export function parseRedisUrl(url: string): RedisUrl {
  const parsed = parse(url);
  const srv = parsed.protocol.endsWith("+srv:");
  const host = decode("host", parsed.hostname).replace(/^\[|\]$/g, "");
  if (host === "") throw invalidUrl("the name is empty");
  if (srv && parsed.port !== "") throw invalidUrl("a port: it comes from the SRV records");
  if (parsed.port === "0") throw invalidUrl("the port 0; allowed: 1 to 65535");
  if (srv) checkSrvName(host, parsed);
  else if (!isHost(host)) throw invalidUrl("a host that is neither a name nor an address");
  if (parsed.search !== "") {
    throw invalidUrl("a query string: a database is in the path, other options are arguments");
  }
  if (parsed.hash !== "") throw invalidUrl("a fragment (a # in a password is written %23)");
  return {
    srv,
    tls: parsed.protocol.startsWith("rediss"),
    host,
    ...(parsed.port === "" ? {} : { port: Number(parsed.port) }),
    ...(parsed.username === "" ? {} : { username: decode("user", parsed.username) }),
    ...(parsed.password === "" ? {} : { password: decode("password", parsed.password) }),
    ...databaseOf(parsed.pathname),
  };
}

function parse(url: unknown): URL {
  if (url === undefined || url === "") throw invalidUrl("it is empty (is REDIS_URL set?)");
  if (typeof url !== "string") throw invalidUrl(`of type ${typeof url}, not a string`);
  const scheme = /^([a-z][a-z0-9+.-]*:)\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) throw invalidUrl("a URL without a scheme");
  if (!SCHEMES.includes(scheme)) throw invalidUrl(`the scheme ${scheme}//`);
  // Node's own error contains the whole URL, so it is not used.
  if (!URL.canParse(url)) {
    throw invalidUrl(
      "no host or port can be read (reserved characters in a password are percent-encoded)",
    );
  }
  return new URL(url);
}

/** Allows letters beyond ASCII: Node converts such names to ASCII for the lookup. */
function isHost(host: string): boolean {
  return isIP(host) !== 0 || /^[\p{L}\p{M}\p{N}._-]+$/u.test(host);
}

function checkSrvName(host: string, { pathname, search, hash }: URL): void {
  // If an @ follows later, this may be a part of the password.
  const shown = `${pathname}${search}${hash}`.includes("@") ? "the name" : `the name ${host}`;
  const problem = nameProblem(host);
  if (problem !== undefined) throw invalidUrl(`${shown}; allowed: ${problem}`);
  if (isLocalhost(host)) throw invalidUrl(`${shown} has no SRV records; use redis://${host}`);
}

function databaseOf(pathname: string): { db?: number } {
  const text = pathname.replace(/^\//, "");
  if (text === "") return {};
  if (!/^\d{1,9}$/.test(text)) throw invalidUrl("the database is not a number");
  return { db: Number(text) };
}

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidUrl(`the ${part}: its percent-encoding is broken`);
  }
}

function invalidUrl(problem: string): SrvDialError {
  return SrvDialError.of("ERR_SRV_INVALID_ARG", `Invalid Redis URL: ${problem}. Allowed: ${FORM}`);
}
