// Servers for the tests of the dialer and its connectors.
import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { Server as TlsServer } from "node:tls";

import { type DnsServer, startDnsServer } from "../../../runtime/src/testing.ts";
import { NAME } from "./sources.ts";

export { failureOf } from "./failures.ts";
export { NAME, failingResolver, resolverOf, target } from "./sources.ts";

/** The host of every record that {@link dnsTo} sets. */
export const HOST = "a1.dev-ecs";

/** A TCP server on loopback. Disposing it closes all its connections. */
export interface Listener extends AsyncDisposable {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  /** Closes the port, so that it refuses connections. */
  close(): Promise<void>;
}

export async function startListener(
  serve: (socket: Socket) => void = () => {},
  server: Server = createServer(),
): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    // Without reading, a connection does not detect its end.
    socket.resume();
  });
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", serve);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, sockets, close, [Symbol.asyncDispose]: close };
}

/** A DNS server with one SRV name for ports of this machine. The first port has the highest priority. */
export async function dnsTo(...ports: readonly number[]): Promise<DnsServer> {
  const dns = await startDnsServer();
  leadTo(dns, ...ports);
  dns.setAddress(HOST, "127.0.0.1");
  return dns;
}

/** Changes the ports of the name. */
export function leadTo(dns: DnsServer, ...ports: readonly number[]): void {
  dns.setSrv(
    NAME,
    ports.map((port, priority) => ({ host: HOST, port, priority })),
  );
}

/** Number of SRV queries to the server. */
export function asked(dns: DnsServer): number {
  return dns.queries.filter(({ type }) => type === "SRV").length;
}

/** Connects and destroys the socket. @returns its remote port */
export async function portOf(dialing: Promise<Socket>): Promise<number | undefined> {
  const socket = await dialing;
  const { remotePort } = socket;
  socket.destroy();
  return remotePort;
}
