import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";

/** A DNS server on port 53, and a command that runs a program with it as the system's. */
export interface NameService {
  /** The program and its arguments, in a mount namespace with another /etc/resolv.conf. */
  command(command: readonly string[]): string[];
  close(): void;
}

/**
 * Makes a DNS server that of a program: clients resolve a host with the system's resolver, which asks port 53 only.
 * Needs root on Linux.
 *
 * @param server `ip:port` @param address a loopback address of its own @param file for the new resolv.conf
 */
export async function serveNames(
  server: string,
  address: string,
  file: string,
): Promise<NameService> {
  const [host = "", port = ""] = server.split(":");
  const sockets = new Set<Socket>();
  const relay = createSocket("udp4");
  relay.on("message", (query, { port: from, address: client }) => {
    const upstream = createSocket("udp4");
    sockets.add(upstream);
    upstream.once("message", (reply) => {
      relay.send(reply, from, client);
      upstream.close();
      sockets.delete(upstream);
    });
    upstream.on("error", () => {});
    upstream.send(query, Number(port), host);
  });
  relay.bind(53, address);
  await once(relay, "listening");
  writeFileSync(file, `nameserver ${address}\noptions timeout:1 attempts:3\n`);
  const script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
  return {
    command: (command) => ["unshare", "--mount", "sh", "-c", script, file, ...command],
    close: () => {
      relay.close();
      for (const socket of sockets) socket.close();
    },
  };
}
