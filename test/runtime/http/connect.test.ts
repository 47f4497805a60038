import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { Socket } from "node:net";

import { describe, expect, it, vi } from "vitest";
import { Agent, fetch, request } from "undici";

import undici from "undici/package.json" with { type: "json" };
import root from "../../../package.json" with { type: "json" };

import { TLS_FILES } from "../../support/tls/certificates.ts";
import {
  type SrvConnect,
  type SrvConnectRequest,
  type SrvHttpOptions,
  srvConnect,
} from "../../../runtime/src/http.ts";
import { NAME, failingResolver, resolverOf, startListener, target } from "../support/dialing.ts";
import { startWeb } from "../support/http-servers.ts";
import { until } from "../support/redis-clients.ts";
import { silentResolver } from "../support/silent-resolver.ts";

const ca = readFileSync(TLS_FILES.cert);

/** undici's Agent, which disposing destroys. */
function agentOf(options: SrvHttpOptions): Agent & AsyncDisposable & { connect: SrvConnect } {
  const connect = srvConnect(options);
  const agent = new Agent({ connect });
  return Object.assign(agent, { connect, [Symbol.asyncDispose]: () => agent.destroy() });
}

/** What undici gets for a new connection. */
function connectionOf(options: SrvHttpOptions, asked: Partial<SrvConnectRequest>) {
  const whole = { hostname: NAME, protocol: "http:", port: "", ...asked };
  return new Promise<Socket>((resolve, reject) => {
    srvConnect(options)(whole, (error, socket) => {
      if (error === null) resolve(socket);
      else reject(error);
    });
  });
}

it("is tested with the versions of undici that its page names", () => {
  const page = readFileSync(new URL("../../../runtime/docs/http.md", import.meta.url), "utf8");
  expect(page).toContain(`undici ${root.devDependencies.undici}`);
  // undici 8 in tests on other versions of Node.js, because it needs 22.19.
  expect(undici.version).toMatch(/^[78]\./);
});

describe("the option connect of undici", () => {
  it("leaves the Host header to the request, and uses its name in TLS", async () => {
    await using web = await startWeb({ tls: true });
    await using agent = agentOf({ resolver: resolverOf(target(web.port)), tls: { ca } });
    const options = { dispatcher: agent, headers: { host: "localhost" } };
    const { body } = await request(`https://${NAME}/`, options);
    await expect(body.text()).resolves.toBe(`${web.port} localhost`);
    expect(web.servernames).toEqual(["localhost"]);
  });

  it("sends small packets at once, and probes connections that are idle for 60 s", async () => {
    await using web = await startWeb();
    const noDelay = vi.spyOn(Socket.prototype, "setNoDelay");
    const keepAlive = vi.spyOn(Socket.prototype, "setKeepAlive");
    const socket = await connectionOf({ resolver: resolverOf(target(web.port)) }, {});
    expect(noDelay.mock.contexts).toContain(socket);
    expect(keepAlive.mock.calls[keepAlive.mock.contexts.indexOf(socket)]).toEqual([true, 60_000]);
    vi.restoreAllMocks();
    socket.destroy();
  });

  it("uses HTTP/2 if it is offered", async () => {
    const server = createSecureServer({ cert: ca, key: readFileSync(TLS_FILES.key) });
    server.on("request", ({ httpVersion }, response) => response.end(httpVersion));
    await using listener = await startListener(() => {}, server);
    const tls = { ca, ALPNProtocols: ["h2"] };
    const connect = srvConnect({ resolver: resolverOf(target(listener.port)), tls });
    const agent = new Agent({ connect, allowH2: true });
    const { body } = await request(`https://${NAME}/`, { dispatcher: agent });
    await expect(body.text()).resolves.toBe("2.0");
    await agent.destroy();
  });

  it("follows a redirect to a port, and connects directly", async () => {
    await using web = await startWeb();
    await using dispatcher = agentOf({ resolver: resolverOf(target(web.port)) });
    const response = await fetch(`http://${NAME}/moved`, { dispatcher });
    expect(response).toMatchObject({ redirected: true, url: `http://127.0.0.1:${web.port}/` });
    await expect(response.text()).resolves.toBe(`${web.port} 127.0.0.1:${web.port}`);
  });

  it("lets fetch abort a request during the dial", async () => {
    const resolver = silentResolver();
    await using dispatcher = agentOf({ resolver });
    const abort = new AbortController();
    const answer = fetch(`http://${NAME}/`, { signal: abort.signal, dispatcher });
    await until(() => resolver.signals.length === 1);

    abort.abort();
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    dispatcher.connect.close();
    await until(() => resolver.signals.every(({ aborted }) => aborted));
  });

  it("also has the deadline for direct connections", async () => {
    // It accepts connections but never starts the handshake.
    await using silent = await startListener();
    const asked = { hostname: "127.0.0.1", port: String(silent.port), protocol: "https:" };
    await expect(connectionOf({ timeout: 50 }, asked)).rejects.toMatchObject({
      code: "ERR_SRV_TIMEOUT",
      message: `Connection to 127.0.0.1:${silent.port} not done within 50 ms`,
    });
  });

  it("refuses a host that is not a name", async () => {
    const failed = connectionOf({ resolver: failingResolver("asked") }, { hostname: "a..b" });
    await expect(failed).rejects.toMatchObject({ code: "ERR_SRV_INVALID_ARG" });
  });

  it("refuses options that it does not have", () => {
    const options: object = { keepAliveTimeout: 1 };
    expect(() => srvConnect(options)).toThrow(
      /^Unknown option keepAliveTimeout; allowed: resolver, .*, names$/,
    );
    expect(() => srvConnect([] as object)).toThrow("Invalid options: got []; allowed: an object");
  });
});
