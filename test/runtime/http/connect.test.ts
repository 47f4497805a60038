import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";

import { describe, expect, it } from "vitest";
import { Agent, Client, fetch, request } from "undici";

import undici from "undici/package.json" with { type: "json" };
import oldest from "undici-oldest/package.json" with { type: "json" };
import root from "../../../package.json" with { type: "json" };
import runtime from "../../../runtime/package.json" with { type: "json" };

import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
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

/** The error of a connection that is requested as undici requests it. */
function failureOf(options: SrvHttpOptions, asked: Partial<SrvConnectRequest>): Promise<unknown> {
  const whole = { hostname: NAME, protocol: "http:", port: "", ...asked };
  return new Promise((resolve) => {
    srvConnect(options)(whole, (error, socket) => {
      socket?.destroy();
      resolve(error);
    });
  });
}

it("is tested with the oldest undici that the package allows, and a newer one", () => {
  expect(runtime.peerDependencies.undici).toBe(`>=${oldest.version} <9`);
  const readme = readFileSync(new URL("../../../runtime/README.md", import.meta.url), "utf8");
  expect(readme).toContain(`| undici ${oldest.version} and ${root.devDependencies.undici};`);
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

  it("ends its dials at the end of the block that uses it", async () => {
    let failure: unknown;
    {
      using connect = srvConnect({ resolver: silentResolver() });
      connect(
        { hostname: NAME, protocol: "http:", port: "" },
        (...[error]) => void (failure = error),
      );
    }
    await until(() => failure !== undefined);
    expect(failure).toMatchObject({ code: "ERR_SRV_CLOSED" });
  });

  it("ends all dials when it is closed, even for more names than it remembers", async () => {
    const connect = srvConnect({ resolver: silentResolver() });
    const codes: unknown[] = [];
    for (let at = 0; at < 1_500; at++) {
      const asked = { hostname: `name-${at}.dev-ecs`, protocol: "http:", port: "" };
      connect(asked, (...[error]) => void codes.push((error as { code?: unknown } | null)?.code));
    }
    connect.close();
    await until(() => codes.length === 1_500);
    expect(new Set(codes)).toEqual(new Set(["ERR_SRV_CLOSED"]));
  });

  it("also works for a Client, which sends one request after the other", async () => {
    await using web = await startWeb();
    const connect = srvConnect({ resolver: resolverOf(target(web.port)) });
    const client = new Client(`http://${NAME}`, { connect });
    const paths = ["/1", "/2", "/3"];
    const answers = await Promise.all(
      paths.map(async (path) => (await client.request({ path, method: "GET" })).body.text()),
    );
    expect(answers).toEqual(paths.map(() => `${web.port} ${NAME}`));
    expect(web.sockets.size).toBe(1);
    await client.destroy();
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
    await expect(failureOf({ timeout: 50 }, asked)).resolves.toMatchObject({
      code: "ERR_SRV_TIMEOUT",
      message: `Connection to 127.0.0.1:${silent.port} not done within 50 ms`,
    });
  });

  it.each<[Partial<SrvConnectRequest>, string]>([
    [
      { localAddress: "127.0.0.2" },
      "Invalid localAddress: got '127.0.0.2'; allowed: the one of srvConnect",
    ],
    [{ socketPath: "/run/web.sock" }, "Invalid socketPath: got '/run/web.sock'; allowed: none"],
    [{ hostname: "a..b" }, "Invalid name: got 'a..b'; allowed: a name without empty labels"],
  ])("refuses %j", async (asked, message) => {
    const error = await failureOf({ resolver: failingResolver("asked") }, asked);
    expect(error).toMatchObject({ code: "ERR_SRV_INVALID_ARG" });
    expect(String(error)).toContain(message);
  });

  it("refuses options that it does not have", () => {
    const options: object = { keepAliveTimeout: 1 };
    expect(() => srvConnect(options)).toThrow(
      /^Unknown option keepAliveTimeout; allowed: resolver, .*, names, partialAnswers$/,
    );
    expect(() => srvConnect([] as object)).toThrow("Invalid options: got []; allowed: an object");
  });
});
