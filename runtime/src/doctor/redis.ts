import type { Socket } from "node:net";
import { SrvDialError, formatEndpoint, toError } from "../base/errors.ts";
import { serviceName } from "../base/name.ts";
import type { SrvResolver } from "../base/types.ts";
import { Dialer } from "../dialer/dialer.ts";
import { parseOptions } from "../dialer/options.ts";
import type { RedisUrl } from "../redis/url.ts";
import { askRedis, verifyRedis } from "../redis/verify.ts";

export interface Login {
  readonly username?: string | undefined;
  readonly password: string;
}

/** What connects to the service. Of any but Redis, a connection is all that can be checked. */
export type Client = "TCP" | "Redis" | "Redis with TLS";

const NEEDS_PASSWORD =
  "it needs a password (NOAUTH); set REDIS_PASSWORD or REDISCLI_AUTH, or write it in the URL";
/** Words that a reply may begin with. After AUTH, the rest of it is never shown: it may be an echo of the password. */
const KNOWN = /^(OK|PONG|WRONGPASS|NOAUTH|NOPERM|LOADING|MASTERDOWN|DENIED|ERR)\b/;
/** Replies to AUTH of a Redis without a password, and of one before Redis 6. Clients go on. */
const UNUSED = /no password is set|without any password configured/;

/** The password of the URL, else of the environment. An empty variable counts as unset, as in redis-cli. */
export function loginOf(url?: RedisUrl): Login | undefined {
  const { REDISCLI_AUTH, REDIS_PASSWORD } = process.env;
  const password = [url?.password, REDISCLI_AUTH, REDIS_PASSWORD].find(Boolean);
  return password === undefined ? undefined : { username: url?.username, password };
}

export interface Dialing {
  readonly client: Client;
  /** An SRV name; or a host, if the resolver answers as if it had a record. */
  readonly name: string;
  readonly resolver: SrvResolver;
  readonly login: Login | undefined;
  /** For everything, in ms. */
  readonly timeout: number;
}

/**
 * Dials as the client does: Redis with PING, then AUTH if there is a password, and PING again.
 * @returns also the ms of resolve, connect and login
 * @throws also if Redis is not ready, with the reason as `cause`
 */
export async function dialAs({ client, name, resolver, login, timeout }: Dialing) {
  const started = performance.now();
  const left = (): number => Math.max(1, Math.ceil(started + timeout - performance.now()));
  const isRedis = client !== "TCP";
  const verify = isRedis ? { verify: verifyRedis } : {};
  const tls = client === "Redis with TLS";
  // A host may be an IP address, which is not valid as an SRV name.
  const settings = parseOptions("host", { resolver, tls, timeout, ...verify });
  const dialer = new Dialer({ ...settings, name, servername: serviceName(name) });
  await dialer.resolve();
  const resolved = performance.now();
  const { host, port, address, socket } = await dialer.dial({ timeout: left() });
  const connected = performance.now();
  const where = formatEndpoint(host, port, address);
  const signal = AbortSignal.timeout(left());
  try {
    if (isRedis) await logIn(socket, login, signal);
    const times = [resolved - started, connected - resolved, performance.now() - connected];
    return { where, times };
  } catch (error) {
    // With the endpoint, so that a log with several of them is useful.
    const reason = `${where} is not ready:`;
    if (!signal.aborted) throw new Error(`${reason} ${toError(error).message}`, { cause: error });
    const cause = new Error(`not done within ${timeout} ms`);
    throw SrvDialError.of("ERR_SRV_TIMEOUT", `${reason} ${cause.message}`, { cause });
  } finally {
    socket.destroy();
  }
}

/** @throws unless the reply to PING is PONG */
async function logIn(socket: Socket, login: Login | undefined, signal: AbortSignal): Promise<void> {
  let reply = "";
  if (login === undefined) {
    reply = await askRedis(socket, ["PING"], signal);
  } else {
    const ask = async (...command: [string, ...string[]]): Promise<string> => {
      const answer = await askRedis(socket, command, signal).catch(() => "no valid reply");
      return UNUSED.test(answer) ? "OK" : (KNOWN.exec(answer)?.[0] ?? "an unknown reply");
    };
    const { username, password } = login;
    const answer = await ask("AUTH", ...(username === undefined ? [] : [username]), password);
    if (answer !== "OK") throw new Error(`it refuses the password: ${answer}`);
    reply = await ask("PING");
  }
  if (reply !== "PONG") throw new Error(reply.startsWith("NOAUTH") ? NEEDS_PASSWORD : reply);
}
