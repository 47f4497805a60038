import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ConnectionOptions, TLSSocket, createServer } from "node:tls";

import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import type { SrvDialerOptions, SrvResolver } from "../../../runtime/src/base/types.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { TLS_FILES } from "../../support/tls/certificates.ts";
import { listenTo } from "../support/channels.ts";
import { NAME, failureOf, resolverOf, startListener, target } from "../support/dialing.ts";
import { leading } from "../support/network.ts";

const ca = readFileSync(TLS_FILES.cert);
const pair = { cert: ca, key: readFileSync(TLS_FILES.key) };

/**
 * A TLS server that records the SNI of each client, false if the client sent none. With TLS 1.3 it completes the handshake
 * after the client.
 */
async function startTls() {
  const names: (string | false | null)[] = [];
  const server = createServer(pair);
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
  it.each<[string, ConnectionOptions, string, string | false]>([
    ["the service's name by default", {}, NAME, NAME],
    ["no _service._proto labels and no trailing dot", {}, `_redis._tcp.${NAME}.`, NAME],
    ["tls.servername", { servername: "localhost" }, NAME, "localhost"],
    ["the service's name if that is undefined", { servername: undefined }, NAME, NAME],
    ["the service's name if that is null", { servername: null as never }, NAME, NAME],
    // The certificate is checked for the address.
    ["no IP address", { servername: "127.0.0.1" }, NAME, false],
  ])("asks for %s, and completes the handshake", async (_whose, tls, name, sent) => {
    await using server = await startTls();
    const socket = await dialerOf(server.port, { tls: { ca, ...tls } }, name).connect();
    expect(socket).toBeInstanceOf(TLSSocket);
    expect(socket).toMatchObject({ authorized: true });
    await expect.poll(() => server.names).toEqual([sent]);
    socket.destroy();
  });

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

  it.each<[string, boolean | ConnectionOptions, string]>([
    [
      "a certificate of another name",
      { ca, servername: "example.com" },
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    ["a certificate of an unknown issuer", true, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    [
      "its own wrong options",
      { ca, minVersion: "TLSv9" as never },
      "ERR_TLS_INVALID_PROTOCOL_VERSION",
    ],
  ])("fails at once with %s, although it waits", async (_what, tls, code) => {
    await using server = await startTls();
    const dialer = dialerOf(server.port, { tls, wait: true, timeout: 60_000 });
    const began = performance.now();
    const error = await failureOf(dialer.connect());
    expect(error.code).toBe("ERR_SRV_CONNECT");
    expect(error.attempts).toMatchObject([
      { port: server.port, phase: "tls", error: { code }, tries: 1 },
    ]);
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  it("waits for another target beside one that is not trusted, which is tried once", async () => {
    await using server = await startTls();
    await using next = await startTls();
    let targets = [target(server.port), target(await freePort())];
    const resolver = { resolve: async () => ({ targets, ttl: 10 }) };
    const checked = vi.fn<() => Error | undefined>().mockReturnValueOnce(new Error("not trusted"));
    const options = { resolver, tls: { ca, checkServerIdentity: checked }, cache: false } as const;
    using dialer = createSrvDialer(NAME, { ...options, wait: true, timeout: 60_000 });
    using attempts = listenTo("srv-dialer:attempt");
    const dialing = dialer.connect();
    // Those that failed have been tried several times.
    await vi.waitUntil(() => attempts.length > 3, { timeout: 30_000 });
    targets = [target(next.port)];
    const socket = await dialing;
    expect(socket.remotePort).toBe(next.port);
    expect(attempts.filter(({ port }) => port === server.port)).toHaveLength(1);
    socket.destroy();
  });

  it("has the TLS options of the call of an entry, if it has any", async () => {
    const { dialer, clock } = leading({ 1: "accepts" });
    // Nothing answers a handshake in this network.
    const failure = failureOf(dialer.dial({ tls: {}, timeout: 10 }));
    await clock.advance(10);
    expect((await failure).attempts).toMatchObject([{ port: 1, phase: "tls" }]);
    expect((await dialer.connect()).destroyed).toBe(false);
  });
});

describe("an open connection with TLS", () => {
  it("ends with ERR_SRV_MOVED only once its service answers with TLS at a new endpoint", async () => {
    const old = createServer(pair);
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
  });
});
