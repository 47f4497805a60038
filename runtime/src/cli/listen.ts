import { once } from "node:events";
import { chmodSync, lstatSync, statSync, unlinkSync } from "node:fs";
import { type Server, connect, isIPv4 } from "node:net";
import { dirname, resolve } from "node:path";
import { formatEndpoint, toError } from "../base/errors.ts";
import { UsageError } from "./arguments.ts";

/** Where a server listens. */
export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

const FORM = "HOST:PORT, [IPV6]:PORT or unix:PATH";
/** The longest path in bytes that fits into sockaddr_un on every system; Linux would cut off after 107. */
const MAX_PATH = 103;
/** How long in ms the owner of a Unix socket may take to accept; a running one accepts immediately. */
const OWNER_TIMEOUT = 1_000;

/** @throws {UsageError} for an invalid address, and for one that is not loopback unless allowed */
export function parseListen(text: string | undefined, allowRemote: boolean): ListenAddress {
  if (text === undefined) throw new UsageError(`--listen is needed; allowed: ${FORM}`);
  if (text.startsWith("unix:")) return { path: checkPath(text.slice("unix:".length)) };
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]+)):(?<port>\d{1,5})$/.exec(text);
  const host = match?.groups?.["v6"] ?? match?.groups?.["host"];
  const port = Number(match?.groups?.["port"]);
  if (host === undefined || port > 65_535) {
    throw new UsageError(`Invalid --listen; allowed: ${FORM}`);
  }
  if (allowRemote || isLoopback(host)) return { host, port };
  throw new UsageError(
    "Invalid --listen: other machines can reach this address; allowed: 127.0.0.1, [::1] or " +
      "localhost, or with --allow-remote any address",
  );
}

/** @returns the permissions for the Unix socket; undefined: decided by the umask */
export function parseMode(text: string | undefined, where: ListenAddress): number | undefined {
  if (text === undefined) return undefined;
  if (!("path" in where)) throw new UsageError("--mode is only for a Unix socket");
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw new UsageError("Invalid --mode; allowed: octal permissions such as 666");
}

/** Resolves when the server is listening. @throws an error that names the address */
export async function listen(
  server: Server,
  where: ListenAddress,
  mode: number | undefined,
): Promise<void> {
  try {
    if ("path" in where) {
      checkFolder(where.path);
      await removeStale(where.path);
    }
    server.listen(where);
    await once(server, "listening");
    if ("path" in where && mode !== undefined) chmodSync(where.path, mode);
  } catch (error) {
    throw new Error(`Cannot listen on ${formatAddress(where)}: ${toError(error).message}`, {
      cause: error,
    });
  }
}

/** The address on which the server listens, with its actual port. */
export function formatListening(server: Server): string {
  const address = server.address();
  if (typeof address === "string") return formatAddress({ path: address });
  return address === null ? "nothing" : formatEndpoint(address.address, address.port);
}

function formatAddress(where: ListenAddress): string {
  return "path" in where ? `unix:${where.path}` : formatEndpoint(where.host, where.port);
}

function checkPath(path: string): string {
  if (path !== "" && Buffer.byteLength(path) <= MAX_PATH) return path;
  throw new UsageError(`Invalid --listen; allowed: unix: with a path of 1 to ${MAX_PATH} bytes`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

/** Checks the folder first, as the system's error, ENOENT or EACCES, does not say that the folder is the problem. */
function checkFolder(path: string): void {
  const folder = dirname(resolve(path));
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`there is no folder ${folder}`);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder`);
}

/** Removes the socket of a process that has ended. Sockets in use and other files are kept. */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error("a file is there that is not a socket");
  if (await isOwned(path)) throw new Error("another process listens there");
  unlinkSync(path);
}

async function isOwned(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(OWNER_TIMEOUT) });
    return true;
  } catch (error) {
    // Refused means that no process listens. After any other error there may be one.
    return (error as NodeJS.ErrnoException).code !== "ECONNREFUSED";
  } finally {
    socket.on("error", () => {}).destroy();
  }
}
