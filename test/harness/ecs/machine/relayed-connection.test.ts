import { EventEmitter, once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { RelayedConnection } from "../../../../harness/ecs/machine/relayed-connection.ts";

/** Sockets of this process in the kernel, because a closed socket object may leave one open. */
const sockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

interface Relayed {
  readonly connection: RelayedConnection;
  readonly client: Socket;
  readonly ended: Promise<unknown>;
}

/** A client, a program and a connection between them. The server is the other end of both. */
async function relayed(server: Server): Promise<Relayed> {
  const { port } = server.address() as AddressInfo;
  const half = async (): Promise<Socket> => {
    const accepted = once(server, "connection");
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const [[other]] = (await Promise.all([accepted, once(socket, "connect")])) as [
      [Socket],
      unknown,
    ];
    other
      .resume()
      .on("error", () => {})
      .on("end", () => other.destroy());
    return socket;
  };
  const [client, program] = [await half(), await half()];
  const ending = new EventEmitter();
  const ended = once(ending, "end");
  const connection = new RelayedConnection(client, program, () => void ending.emit("end"));
  return { connection, client, ended };
}

it.each([
  ["at any time", () => {}],
  ["at the moment when the client has ended", ({ client }: Relayed) => client.emit("end")],
  ["twice", ({ connection }: Relayed) => connection.destroy()],
])("closes both sides when it is destroyed %s", async (_when, first) => {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const before = sockets();
    const whole = await relayed(server);
    expect(sockets()).toBe(before + 4);
    first(whole);
    whole.connection.destroy();
    await whole.ended;
    await expect.poll(sockets).toBe(before);
  } finally {
    server.close();
  }
});
