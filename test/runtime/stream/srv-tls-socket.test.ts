import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTls } from "node:tls";

import { expect, it, onTestFinished } from "vitest";

import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { SrvTlsSocket } from "../../../runtime/src/stream/srv-tls-socket.ts";
import { startWeb } from "../support/http-servers.ts";

const ca = readFileSync(TLS_FILES.cert);

/** A TLS stream to a port of this machine. */
function socketTo(port: number): SrvTlsSocket {
  const host = "127.0.0.1";
  const socket = new SrvTlsSocket(async () => {
    const connection = connectTls({ host, port, ca, servername: "localhost" });
    await once(connection, "secureConnect");
    return { host, address: host, port, socket: connection, isReady: true };
  });
  onTestFinished(() => void socket.destroy());
  return socket;
}

it("emits secureConnect when it is connected, like a TLSSocket", async () => {
  await using web = await startWeb({ tls: true });
  const socket = socketTo(web.port);
  const events: string[] = [];
  for (const event of ["ready", "secureConnect", "connect"]) {
    socket.on(event, () => events.push(event));
  }
  await once(socket.connect(), "ready");
  expect(events).toEqual(["connect", "secureConnect", "ready"]);
  socket.destroy();
});

it("gives the server like a TLSSocket", async () => {
  await using web = await startWeb({ tls: true });
  const socket = socketTo(web.port);
  await once(socket.connect(), "secureConnect");
  expect(socket.authorized).toBe(true);
  expect(socket.getPeerCertificate()).toMatchObject({ subject: { CN: "test only" } });
  expect(socket.getProtocol()).toBe("TLSv1.3");
  socket.destroy();
});

it("knows nothing about a server before it is connected", () => {
  const socket = socketTo(1);
  expect(socket.authorized).toBe(false);
  expect(socket.authorizationError).toBeNull();
  expect(socket.alpnProtocol).toBeNull();
  expect(socket.getPeerCertificate()).toEqual({});
  expect(socket.getProtocol()).toBeNull();
});
