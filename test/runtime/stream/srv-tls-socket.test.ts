import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTls } from "node:tls";

import { expect, it, onTestFinished } from "vitest";

import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { SrvTlsSocket } from "../../../runtime/src/stream/srv-tls-socket.ts";
import { startWeb } from "../support/http-servers.ts";

const ca = readFileSync(TLS_FILES.cert);

/** A TLS stream to a port of this machine, which resumes the given session. */
function socketTo(port: number, session?: Buffer): SrvTlsSocket {
  const host = "127.0.0.1";
  const socket = new SrvTlsSocket(async () => {
    const ofSession = session === undefined ? {} : { session };
    // With TLS 1.2, the session exists as soon as the stream is connected.
    const how = { ca, servername: "localhost", maxVersion: "TLSv1.2" as const };
    const connection = connectTls({ host, port, ...how, ...ofSession });
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
  await once(socket.connect(), "secureConnect");
  expect(events).toEqual(["connect", "ready", "secureConnect"]);
  socket.destroy();
});

it("gives the server, the cipher and the session like a TLSSocket", async () => {
  await using web = await startWeb({ tls: true });
  const socket = socketTo(web.port);
  await once(socket.connect(), "secureConnect");
  expect(socket.authorized).toBe(true);
  expect(socket.getPeerX509Certificate()?.subject).toBe("CN=test only");
  expect(socket.getCipher()).toMatchObject({ version: "TLSv1.2" });
  expect(socket.isSessionReused()).toBe(false);

  const again = socketTo(web.port, socket.getSession());
  await once(again.connect(), "secureConnect");
  expect(again.isSessionReused()).toBe(true);
  socket.destroy();
  again.destroy();
});

it("knows nothing about a server before it is connected", () => {
  const socket = socketTo(1);
  expect(socket.authorized).toBe(false);
  expect(socket.authorizationError).toBeNull();
  expect(socket.alpnProtocol).toBeNull();
  expect(socket.getPeerCertificate()).toEqual({});
  expect(socket.getPeerX509Certificate()).toBeUndefined();
  expect(socket.getCipher()).toBeUndefined();
  expect(socket.getSession()).toBeUndefined();
  expect(socket.isSessionReused()).toBe(false);
  expect(socket.getProtocol()).toBeNull();
});
