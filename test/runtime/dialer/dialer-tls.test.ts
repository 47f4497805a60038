import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ConnectionOptions, TLSSocket, createServer } from "node:tls";

import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import type { SrvDialerOptions, SrvResolver } from "../../../runtime/src/base/types.ts";
import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { NAME, failureOf, resolverOf, startListener, target } from "../support/dialing.ts";

const ca = readFileSync(TLS_FILES.cert);

/**
 * A TLS server that records the SNI of each client, false if the client sent none. With TLS 1.3 it completes the handshake
 * after the client.
 */
async function startTls() {
  const names: (string | false | null)[] = [];
  const server = createServer({ cert: ca, key: readFileSync(TLS_FILES.key) });
  const listener = await startListener((socket) => {
    if (socket instanceof TLSSocket) names.push(socket.servername);
  }, server);
  return { ...listener, names };
}

function dialerOf(port: number, options: SrvDialerOptions, name = NAME, host = "localhost") {
  const resolver = resolverOf(target(port, { host, addresses: ["127.0.0.1"] }));
  return createSrvDialer(name, { resolver, ...options });
}

describe("connect with TLS", () => {
  it.each<[string, SrvDialerOptions, string]>([
    ["the service's name by default", { tls: { ca } }, NAME],
    ["the service's name", { tls: { ca }, servername: "service" }, NAME],
    ["the target's name", { tls: { ca }, servername: "target" }, "localhost"],
    ["a name of one's own", { tls: { ca }, servername: "localhost" }, "localhost"],
    ["tls.servername", { tls: { ca, servername: NAME }, servername: "target" }, NAME],
  ])("asks for %s, and completes the handshake", async (_whose, options, name) => {
    await using server = await startTls();
    const socket = await dialerOf(server.port, options).connect();

    expect(socket).toBeInstanceOf(TLSSocket);
    expect(socket).toMatchObject({ authorized: true });
    await expect.poll(() => server.names).toEqual([name]);
    socket.destroy();
  });

  it("leaves the _service._proto labels and the trailing dot out of the name", async () => {
    await using server = await startTls();
    const name = `_redis._tcp.${NAME}.`;
    const socket = await dialerOf(server.port, { tls: { ca } }, name).connect();

    await expect.poll(() => server.names).toEqual([NAME]);
    socket.destroy();
  });

  it("never sends an IP address as a name, but checks the certificate for it", async () => {
    await using server = await startTls();
    const options = { tls: { ca }, servername: "target" };
    const socket = await dialerOf(server.port, options, NAME, "127.0.0.1").connect();

    expect(socket).toMatchObject({ authorized: true });
    await expect.poll(() => server.names).toEqual([false]);
    socket.destroy();
  });

  it.each([undefined, null])(
    "takes a tls.servername that is %j as not given",
    async (servername) => {
      await using server = await startTls();
      const tls = { ca, servername } as ConnectionOptions;
      const socket = await dialerOf(server.port, { tls }).connect();

      await expect.poll(() => server.names).toEqual([NAME]);
      socket.destroy();
    },
  );

  it("sends no name with an empty tls.servername, but checks the certificate for it", async () => {
    await using server = await startTls();
    const checked: string[] = [];
    const checkServerIdentity = (name: string): undefined => void checked.push(name);
    const tls = { ca, servername: "", checkServerIdentity };
    const socket = await dialerOf(server.port, { tls }).connect();

    expect(checked).toEqual([NAME]);
    await expect.poll(() => server.names).toEqual([false]);
    socket.destroy();
  });

  it.each<[string, SrvDialerOptions, string]>([
    ["of another name", { tls: { ca }, servername: "example.com" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["of an unknown issuer", { tls: true }, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ])("refuses a certificate %s", async (_what, options, code) => {
    await using server = await startTls();
    const error = await failureOf(dialerOf(server.port, options).connect());

    expect(error.code).toBe("ERR_SRV_CONNECT");
    expect(error.attempts).toMatchObject([{ port: server.port, phase: "tls", error: { code } }]);
  });
});

describe("connect with TLS to one address under two names", () => {
  it("tries both names if it asks for the target's name", async () => {
    await using server = await startTls();
    const targets = ["wrong.example.com", "localhost"].map((host, priority) =>
      target(server.port, { host, priority, addresses: ["127.0.0.1"] }),
    );
    const options = { resolver: resolverOf(...targets), tls: { ca } };
    const dialer = createSrvDialer(NAME, { ...options, servername: "target" });
    const socket = await dialer.connect();
    expect(socket).toMatchObject({ authorized: true });
    socket.destroy();
    const same = createSrvDialer(NAME, { ...options, servername: "wrong.example.com" });
    expect((await failureOf(same.connect())).attempts).toHaveLength(1);
  });
});

describe("an open connection with TLS", () => {
  it("ends with ERR_SRV_MOVED only once its service answers with TLS at a new endpoint", async () => {
    const old = createServer({ cert: ca, key: readFileSync(TLS_FILES.key) });
    await using first = await startListener(() => {}, old);
    await using plain = await startListener((socket) => socket.end());
    await using next = await startTls();
    const resolve = vi.fn<SrvResolver["resolve"]>(async () => ({
      targets: [target(port)],
      ttl: 10,
    }));
    let { port } = first;
    const options = { tls: { ca }, recheck: 20, cache: false } as const;
    const dialer = createSrvDialer(NAME, { resolver: { resolve }, ...options });
    const socket = await dialer.connect();
    const failure = once(socket, "error");
    // The old endpoint takes no more connections, and this one stays open.
    old.close();
    ({ port } = plain);
    const asked = resolve.mock.calls.length;
    await vi.waitUntil(() => resolve.mock.calls.length > asked + 5, { timeout: 30_000 });
    expect(socket.destroyed).toBe(false);
    ({ port } = next);
    expect(await failure).toMatchObject([{ code: "ERR_SRV_MOVED" }]);
    dialer.close();
  });
});
