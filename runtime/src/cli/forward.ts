import { createServer } from "node:net";
import { constants } from "node:os";
import { isServername } from "../base/name.ts";
import { Dialer } from "../dial/dialer.ts";
import { RECHECK } from "../dial/moved.ts";
import { parseOptions } from "../dial/options.ts";
import { verifyRedis } from "../redis/verify.ts";
import {
  COMMON_OPTIONS,
  type Command,
  UsageError,
  millisecondsOf,
  nameOf,
  parse,
  resolverOf,
} from "./arguments.ts";
import { Forwarder, KEEP_ALIVE } from "./forwarder.ts";
import { formatListening, listen, parseListen, parseMode } from "./listen.ts";
import { complain, describeError, print } from "./output.ts";

const TIMEOUT = 10_000;
const DRAIN = 10_000;

const HELP = `srv-dialer forward NAME --listen HOST:PORT|unix:PATH [options]

A sidecar for programs that do not support SRV records: they connect to a local port or socket, and
each connection is dialed through the SRV records of NAME. Bytes, half-closes and backpressure are
passed in both directions. If no target can be reached, the connection is reset, and a line on
stderr says why.

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
  const { values, positionals } = parse(args, {
    ...COMMON_OPTIONS,
    listen: { type: "string" },
    mode: { type: "string" },
    drain: { type: "string" },
    servername: { type: "string" },
    "allow-remote": { type: "boolean", default: false },
    tls: { type: "boolean", default: false },
    redis: { type: "boolean", default: false },
  });
  const drain = millisecondsOf("drain", values.drain, DRAIN, 0);
  const where = parseListen(values.listen, values["allow-remote"]);
  const mode = parseMode(values.mode, where);
  if (values.servername !== undefined && !values.tls) {
    throw new UsageError("--servername needs --tls");
  }
  if (values.servername !== undefined && !isServername(values.servername)) {
    throw new UsageError("Invalid --servername; allowed: a host name or an IP address");
  }
  const settings = parseOptions(nameOf(positionals), {
    resolver: resolverOf(values.server),
    timeout: millisecondsOf("timeout", values.timeout, TIMEOUT, 1),
    tls: values.tls,
    servername: values.servername ?? "service",
  });
  // Recheck only Redis: other services may take long to answer, even while their records change.
  const ofRedis = values.redis ? { verify: verifyRedis, recheck: RECHECK } : {};
  const dialer = new Dialer({ ...settings, ...ofRedis });
  const forwarder = new Forwarder(dialer, (error) => complain(describeError(error)));
  const server = createServer({ ...KEEP_ALIVE, allowHalfOpen: true, noDelay: true }, (client) => {
    void forwarder.serve(client);
  });
  // From now on a signal starts the drain, even before the first client has connected.
  const stopped = stopSignal();
  await listen(server, where, mode);
  server.on("error", (error) => complain(describeError(error)));
  print(`Listening on ${formatListening(server)} for ${settings.name}`);

  await stopped;
  const idle = new Promise<void>((resolve) => server.close(() => resolve()));
  const drained = new Promise<void>((resolve) => void setTimeout(resolve, drain).unref());
  const second = await Promise.race([idle, drained, stopSignal()]);
  const cut = forwarder.end();
  if (cut > 0) complain(`Ended ${cut} open connection${cut === 1 ? "" : "s"}`);
  return second ?? 0;
}

/** Resolves at the next SIGTERM or SIGINT, with its exit code. */
function stopSignal(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => resolve(128 + constants.signals[signal]));
    }
  });
}

export const forward: Command = { help: HELP, run };
