// A UDP server that sends raw bytes, for replies that no real DNS server sends.
import { createSocket } from "node:dgram";
import { once } from "node:events";

export interface Datagram {
  readonly bytes: Buffer;
  /** The port of the client. */
  readonly port: number;
}

export interface RawServer extends AsyncDisposable {
  readonly address: string;
  /** All received datagrams, oldest first. */
  readonly datagrams: readonly Datagram[];
}

/** @param onDatagram called with the number of received datagrams */
export async function startRawServer(
  onDatagram: (
    datagram: Datagram & { readonly send: (bytes: Buffer) => void },
    count: number,
  ) => void,
  address = "127.0.0.1",
): Promise<RawServer> {
  const datagrams: Datagram[] = [];
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("message", (bytes, client) => {
    const send = (reply: Buffer): void => socket.send(reply, client.port, client.address);
    datagrams.push({ bytes, port: client.port });
    onDatagram({ bytes, port: client.port, send }, datagrams.length);
  });
  socket.bind(0, address);
  await once(socket, "listening");
  const { port } = socket.address();
  return {
    address: address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
    datagrams,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}
