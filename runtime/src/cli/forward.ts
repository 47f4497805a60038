import { type Server, type Socket, createServer } from "node:net";
import { constants } from "node:os";
import { SrvDialError } from "../base/errors.ts";
import { Lifetime, ABORTED } from "../base/lifetime.ts";
import { reset } from "../base/reset.ts";
import { Dialer } from "../dialer/dialer.ts";
import { RECHECK } from "../dialer/recheck.ts";
import { parseOptions } from "../dialer/options.ts";
import { verifyRedis } from "../redis/verify.ts";
import { millisecondsOf, misuse, parse } from "./arguments.ts";
import { listen, parseListen, parseMode } from "./listen.ts";
import { complain, describeError, print } from "./output.ts";

const TIMEOUT = 10_000;
const DRAIN = 10_000;
/** Probes after 30 s of silence detect a peer that has vanished, such as a lost host. */
const SOCKET = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

const help = `srv-dialer forward NAME --listen HOST:PORT|unix:PATH [options]

A sidecar for programs that do not support SRV records: they connect to a local port or socket, and
each connection is dialed through the SRV records of NAME. Bytes, half-closes and backpressure are
passed in both directions. A client waits until a target can be reached, at most --timeout. Then its
connection is reset, and a line on stderr says why.

  --listen HOST:PORT  where to listen; port 0 picks a free one. Only loopback, unless --allow-remote
  --listen unix:PATH  a Unix socket; a socket left by a process that has ended is replaced
  --mode OCTAL        permissions of the Unix socket, such as 666 (default: by the umask)
  --allow-remote      listen on any address: everybody who can reach it can connect
  --server IP[:PORT]  DNS server to ask; may be given more than once (default: the system's)
  --timeout MS        deadline of each dial (default: ${TIMEOUT})
  --tls               use TLS to the service; NODE_EXTRA_CA_CERTS adds a private authority
  --servername NAME   name for SNI and the certificate (default: NAME without _service._proto)
  --redis             use only targets that answer PING like Redis: a port that another service now
                      uses is skipped. A connection that receives nothing is reset once its target
                      is no longer in the records and another target answers
  --drain MS          how long open connections may continue after SIGTERM or SIGINT
                      (default: ${DRAIN}); a second signal ends them at once`;

async function run(args: readonly string[]): Promise<number> {
  const { values, operand, timeout, resolver } = parse(args, "NAME", TIMEOUT, {
    listen: { type: "string" },
    mode: { type: "string" },
    drain: { type: "string" },
    servername: { type: "string" },
    "allow-remote": { type: "boolean", default: false },
    tls: { type: "boolean", default: false },
    redis: { type: "boolean", default: false },
  });
  const { tls, servername = "service" } = values;
  const drainTime = millisecondsOf("drain", values.drain, DRAIN, 0);
  const where = parseListen(values.listen, values["allow-remote"]);
  const mode = parseMode(values.mode, where);
  if (values.servername !== undefined && !tls) throw misuse("--servername needs --tls");
  const options = { ...SOCKET, resolver, timeout, wait: true, tls, servername };
  // Recheck only Redis: other services may take long to answer, even while their records change.
  const redisOptions = values.redis ? { verify: verifyRedis, recheck: RECHECK } : {};
  const dialer = new Dialer({ ...parseOptions(operand, options), ...redisOptions });
  const clients = new Set<Socket>();
  const server = createServer({ ...SOCKET, allowHalfOpen: true }, (client) => {
    clients.add(client.once("close", () => clients.delete(client)));
    void serve(client, dialer, report);
  });
  const [first, second] = stopSignals();
  print(`Listening on ${await listen(server, where, mode)} for ${operand}`);
  server.on("error", report);

  await first;
  const code = await drain(server, drainTime, second);
  const open = [...clients].filter(({ destroyed }) => !destroyed);
  open.forEach(reset);
  dialer.close();
  if (open.length > 0) complain(`Ended open connections: ${open.length}`);
  return code ?? 0;
}

const report = (error: unknown): void => complain(describeError(error));

/** Accepts no new connections, and waits for the end of the open ones. @returns the exit code of a second signal */
function drain(server: Server, ms: number, second: Promise<number>): Promise<number | void> {
  const idle = new Promise<void>((resolve) => void server.close(() => resolve()));
  const over = new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
  return Promise.race([idle, over, second]);
}

/** Exit codes of the first and second SIGTERM or SIGINT, heard all the time: without a listener, one would kill us. */
function stopSignals(): [first: Promise<number>, second: Promise<number>] {
  const heard: ((code: number) => void)[] = [];
  const next = (): Promise<number> => new Promise((resolve) => void heard.push(resolve));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => heard.shift()?.(128 + constants.signals[signal]));
  }
  return [next(), next()];
}

/** Dials the service for a client, and connects both sockets. @param onFailure called if the client is reset */
export async function serve(
  client: Socket,
  dialer: Dialer,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const gone = new Lifetime();
  // Ignored: `close` follows.
  client.on("error", () => {});
  client.once("close", () => gone.end(ABORTED));
  try {
    const { socket: upstream } = await dialer.dial({}, gone);
    // Reports only ERR_SRV_MOVED: other errors belong to the connection, and `close` handles them.
    upstream.on("error", (error) => error instanceof SrvDialError && onFailure(error));
    pass(client, upstream);
    pass(upstream, client);
  } catch (error) {
    if (!client.destroyed) onFailure(error);
    reset(client);
  }
}

/** Copies bytes until `from` ends; `to` stays open. If `from` breaks, `to` is reset. */
function pass(from: Socket, to: Socket): void {
  // Otherwise Node would close its own side when the peer ends.
  from.allowHalfOpen = true;
  from.once("close", () => {
    const isComplete = from.readableEnded && from.writableFinished;
    if (!isComplete) reset(to);
  });
  if (from.destroyed) reset(to);
  else from.pipe(to);
}

export const forward = { help, run };
