import { type Socket, createServer } from "node:net";
import { constants } from "node:os";
import { reset } from "../base/reset.ts";
import { Dialer } from "../dialer/dialer.ts";
import { RECHECK } from "../dialer/recheck.ts";
import { parseOptions } from "../dialer/options.ts";
import { verifyRedis } from "../redis/verify.ts";
import { millisecondsOf, parse } from "./arguments.ts";
import { listen, parseListen, parseMode } from "./listen.ts";
import { complain, describeError, print } from "./output.ts";

const TIMEOUT = 10_000;
const DRAIN = 10_000;
/** ms of silence; the probes after it detect a peer that has vanished, such as a lost host. */
const KEEP_ALIVE = 30_000;

const help = `srv-dialer forward NAME --listen HOST:PORT|unix:PATH [options]

A sidecar for programs that do not support SRV records: they connect to a local port or socket, and
each connection is dialed through the SRV records of NAME. A client waits until a target can be reached,
at most --timeout. Then its connection is reset, and a line on stderr says why.

  --listen HOST:PORT  where to listen; port 0 picks a free one. Only loopback, unless --allow-remote
  --listen unix:PATH  a Unix socket; a socket left by a process that has ended is replaced
  --mode OCTAL        permissions of the Unix socket, such as 666 (default: by the umask)
  --allow-remote      listen on any address: everybody who can reach it can connect
  --server IP[:PORT]  DNS server to ask; may be given more than once (default: the system's)
  --timeout MS        deadline of each dial (default: ${TIMEOUT})
  --tls               use TLS to the service; NODE_EXTRA_CA_CERTS adds a private authority
  --servername NAME   TLS with this name for SNI and the certificate (default: NAME without
                      _service._proto)
  --redis             use only targets that answer PING like Redis. A connection that receives nothing
                      is reset once its target is not in the records and another target answers
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
  const drainTime = millisecondsOf("drain", values.drain, DRAIN, 0);
  const where = parseListen(values.listen, values["allow-remote"]);
  const mode = parseMode(values.mode, where);
  const { servername } = values;
  const tls = servername === undefined ? values.tls : { servername };
  // Recheck only Redis: other services may take long to answer, even while their records change.
  const redis = values.redis ? { verify: verifyRedis, recheck: RECHECK } : {};
  const dialer = new Dialer(
    parseOptions(operand, { resolver, timeout, wait: true, tls, ...redis }),
  );
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client.once("close", () => clients.delete(client)));
    void serve(client, dialer);
  });
  const stop = nextSignal();
  print(`Listening on ${await listen(server, where, mode)} for ${operand}`);
  server.on("error", report);

  await stop;
  const drained = new Promise<number>((resolve) => {
    server.close(() => resolve(0));
    setTimeout(resolve, drainTime, 0).unref();
  });
  const code = await Promise.race([drained, nextSignal()]);
  const open = [...clients].filter(({ destroyed }) => !destroyed);
  open.forEach(reset);
  dialer.close();
  if (open.length > 0) complain(`Ended open connections: ${open.length}`);
  return code;
}

const report = (error: unknown): void => complain(describeError(error));

/** The exit code of the next SIGTERM or SIGINT. Its listeners stay: without one, a signal would kill the process. */
function nextSignal(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => resolve(128 + constants.signals[signal]));
    }
  });
}

/** Dials the service for a client, and connects both sockets. */
export async function serve(client: Socket, dialer: Dialer): Promise<void> {
  const gone = new AbortController();
  // Ignored: `close` follows.
  client.on("error", () => {});
  client.once("close", () => gone.abort());
  try {
    const { socket: upstream } = await dialer.dial({ signal: gone.signal });
    upstream.on("error", (error) => {
      // Other errors belong to the connection, and `close` handles them.
      if ("code" in error && error.code === "ERR_SRV_MOVED") report(error);
    });
    for (const socket of [client, upstream]) socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE);
    pass(client, upstream);
    pass(upstream, client);
  } catch (error) {
    if (!client.destroyed) report(error);
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
