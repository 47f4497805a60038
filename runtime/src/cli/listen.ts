import { once } from "node:events";
import { chmodSync, existsSync, lstatSync, unlinkSync } from "node:fs";
import { type Server, connect, isIPv4 } from "node:net";
import { dirname } from "node:path";
import { formatEndpoint } from "../base/errors.ts";
import { misuse } from "./arguments.ts";

export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

const FORM = "HOST:PORT, [IPV6]:PORT or unix:PATH";
/** The longest path in bytes that fits into sockaddr_un on every system; Node.js 20 would cut off the rest. */
const MAX_PATH = 103;

/** @throws for an invalid address, and for one that is not loopback unless allowed */
export function parseListen(text: string | undefined, allowRemote: boolean): ListenAddress {
  if (text === undefined) throw misuse(`--listen is needed; allowed: ${FORM}`);
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    if (path !== "" && Buffer.byteLength(path) <= MAX_PATH) return { path };
    throw misuse(`Invalid --listen; allowed: unix: with a path of 1 to ${MAX_PATH} bytes`);
  }
  const [, v6, name, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const [host, port] = [v6 ?? name, Number(digits)];
  if (host === undefined || port > 65_535) throw misuse(`Invalid --listen; allowed: ${FORM}`);
  const isLoopback =
    host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
  if (allowRemote || isLoopback) return { host, port };
  throw misuse(
    "Invalid --listen: other machines can reach this address; allowed: 127.0.0.1, [::1] or " +
      "localhost, or with --allow-remote any address",
  );
}

/** @returns the permissions for the Unix socket; undefined: decided by the umask */
export function parseMode(text: string | undefined, where: ListenAddress): number | undefined {
  if (text === undefined) return undefined;
  if ("path" in where && /^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw misuse("Invalid --mode; allowed: octal permissions such as 666, for a Unix socket");
}

/** @returns the address, with its actual port, once the server listens. @throws an error that names the address */
export async function listen(server: Server, where: ListenAddress, mode?: number): Promise<string> {
  if ("path" in where) await makeRoom(where.path);
  await once(server.listen(where), "listening");
  const bound = server.address();
  if (typeof bound === "object" && bound !== null) return formatEndpoint(bound.address, bound.port);
  if (mode !== undefined) chmodSync(bound ?? "", mode);
  return `unix:${bound}`;
}

/** Removes a socket on which no process listens. With any other file there, listening fails: EADDRINUSE. */
async function makeRoom(path: string): Promise<void> {
  // The system's error would be EACCES.
  const folder = dirname(path);
  if (!existsSync(folder)) throw new Error(`Cannot listen on unix:${path}: no folder ${folder}`);
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const client = connect(path);
  const outcome: unknown = await once(client, "connect").catch((error: unknown) => error);
  client.destroy();
  if ((outcome as { code?: unknown }).code === "ECONNREFUSED") unlinkSync(path);
}
