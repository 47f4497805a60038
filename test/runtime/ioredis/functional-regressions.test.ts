// Bugs that ioredis's functional tests found when they used the connector.
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { once } from "node:events";

import { describe, expect, it } from "vitest";

import { srvConnector } from "../../../runtime/src/ioredis.ts";

/** Connects through a connector to a server that sends one reply after the first data. */
async function connectTo(reply: string): Promise<Socket> {
  const server = createServer((peer) => peer.once("data", () => peer.write(reply)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const target = { host: "127.0.0.1", port, priority: 0, weight: 0, ttl: 1 };
  const resolver = { resolve: () => Promise.resolve({ targets: [target], ttl: 1 }) };
  const Connector = srvConnector({ resolver });
  const connector = new Connector({ host: "redis.test", connectTimeout: 2_000 });
  try {
    const socket = await connector.connect(() => {});
    socket.destroy(connector.firstError);
    return socket;
  } finally {
    server.close();
  }
}

describe("the check that Redis answers", () => {
  it.each(["$-1\r\n", "$0\r\n\r\n", "$4\r\nPONG\r\n", ":1\r\n", "-NOAUTH\r\n"])(
    "takes the whole reply %j for Redis",
    async (reply) => {
      const socket = await connectTo(reply);
      expect(socket.errored).toBeNull();
      expect(socket.bytesRead).toBe(reply.length);
    },
  );
});
