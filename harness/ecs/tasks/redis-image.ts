import path from "node:path";
import { findFirstCommand, thisSystem } from "../programs/operating-system.ts";
import { HarnessError } from "../base/errors.ts";
import type { ProgramContext, LocalImage } from "./image.ts";

/** Options of {@link redisImage}. */
export interface RedisImageOptions {
  /** Path of the server. @default the variable REDIS_SERVER, else the first on PATH */
  readonly server?: string;
}

/**
 * An image with the Redis or Valkey of this machine: its server and client. Like the official image it turns
 * protected mode off. It listens on the host's address and port.
 * @throws HarnessError ERR_IMAGE if no server or client is found
 */
export function redisImage(options: RedisImageOptions = {}): LocalImage {
  const server = findServer(options.server ?? process.env["REDIS_SERVER"]);
  const client = findClient(server);
  return {
    entryPoint: ["docker-entrypoint.sh"],
    command: ["redis-server"],
    users: { redis: "999:999", valkey: "999:999" },
    folders: { "/data": "redis" },
    exposes: [6379],
    programs: (place) => ({
      "docker-entrypoint.sh": ENTRY_POINT,
      "redis-server": serverScript(server, place),
      "redis-cli": clientScript(client, place),
      "valkey-server": serverScript(server, place),
      "valkey-cli": clientScript(client, place),
    }),
  };
}

/** As in the official image: a command with only options runs the server with them. */
const ENTRY_POINT = `case "\${1-}" in -* | *.conf) set -- redis-server "$@" ;; esac
exec "$@"`;

function findServer(named: string | undefined): string {
  const names = named === undefined || named === "" ? ["redis-server", "valkey-server"] : [named];
  const found = findFirstCommand(thisSystem(), names);
  if (found !== undefined) return found;
  const wanted = named
    ? `REDIS_SERVER=${named} is not executable`
    : "redis-server is not installed";
  const message = `${wanted}; on Debian or Ubuntu: apt-get install redis-server`;
  throw new HarnessError("ERR_IMAGE", message);
}

function findClient(server: string): string {
  const beside = path.join(path.dirname(server), path.basename(server).replace("server", "cli"));
  const found = findFirstCommand(thisSystem(), [beside, "redis-cli", "valkey-cli"]);
  if (found !== undefined) return found;
  const message = `no redis-cli beside ${server} or on PATH; on Debian or Ubuntu: apt-get install redis-tools`;
  throw new HarnessError("ERR_IMAGE", message);
}

function serverScript(server: string, place: ProgramContext): string {
  const { address, keyLoadDelayMicros: delay } = place;
  const port = place.ports[0]?.listenPort ?? 6379;
  const listen = `--bind ${address} --port ${port} --protected-mode no`;
  return serverWith(server, delay === undefined ? listen : `${listen} ${slowLoad(delay)}`);
}

/** Options of a server that loads slowly. It replies between batches; small ones, because each key takes long. */
export const slowLoad = (micros: number): string =>
  `--key-load-delay ${micros} --loading-process-events-interval-bytes 1024`;

/** The lines of a script that runs the server with more options. If an option occurs twice, the last one wins. */
export const serverWith = (server: string, options: string): string =>
  [
    `case "\${1-}" in -v | --version | -h | --help) exec ${quote(server)} "$@" ;; esac`,
    `exec ${quote(server)} "$@" ${options}`,
  ].join("\n");

/** A client that connects to the container itself gets the local address and port. */
function clientScript(client: string, { address, ports: [binding] }: ProgramContext): string {
  const { containerPort, listenPort } = binding ?? { containerPort: 6379, listenPort: 6379 };
  return [
    'for word in "$@"; do',
    "  shift",
    '  case "${before-} $word" in',
    `    "-h localhost" | "-h 127.0.0.1") word=${address} ;;`,
    `    "-p ${containerPort}") word=${listenPort} ;;`,
    "  esac",
    "  before=$word",
    '  set -- "$@" "$word"',
    "done",
    `exec ${quote(client)} -h ${address} -p ${listenPort} "$@"`,
  ].join("\n");
}

/** Quotes a word for a shell. */
const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
