import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import { Agent, Client, request } from "undici";

import undici from "undici/package.json" with { type: "json" };
import oldest from "undici-oldest/package.json" with { type: "json" };
import runtime from "../../../runtime/package.json" with { type: "json" };

import { TLS_FILES } from "../../../harness/programs/tls/certificates.ts";
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

/** undici's Agent; `using` ends it. */
function agentOf(options: SrvHttpOptions): Agent & AsyncDisposable & { connect: SrvConnect } {
  const connect = srvConnect(options);
  const agent = new Agent({ connect });
  return Object.assign(agent, { connect, [Symbol.asyncDispose]: () => agent.destroy() });
}

/** The error of a connection that is asked for as undici does. */
function failureOf(options: SrvHttpOptions, asked: Partial<SrvConnectRequest>): Promise<unknown> {
  const whole = { hostname: NAME, protocol: "http:", port: "", ...asked };
  return new Promise((resolve) => {
    srvConnect(options)(whole, (error, socket) => {
      socket?.destroy();
      resolve(error);
    });
  });
}

it("is tested with the oldest undici that the package allows, and the newest of its major", () => {
  expect(runtime.peerDependencies.undici).toBe(`^${oldest.version}`);
  expect(undici.version).toMatch(/^7\./);
});

describe("the option connect of undici", () => {
  it("leaves the Host header to the request, and asks for its name in TLS", async () => {
    await using web = await startWeb({ tls: true });
    await using agent = agentOf({ resolver: resolverOf(target(web.port)), tls: { ca } });
    const options = { dispatcher: agent, headers: { host: "localhost" } };
    const { body } = await request(`https://${NAME}/`, options);
    await expect(body.text()).resolves.toBe(`${web.port} localhost`);
    expect(web.servernames).toEqual(["localhost"]);
  });

  it("fits a Client as well, which sends one request after the other", async () => {
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

  it("lets fetch give up a request whose connection is being dialed", async () => {
    const resolver = silentResolver();
    await using dispatcher = agentOf({ resolver });
    const abort = new AbortController();
    // Node's types know the dispatcher of the undici inside of it.
    const init = { signal: abort.signal, dispatcher } as object as RequestInit;
    const answer = fetch(`http://${NAME}/`, init);
    await until(() => resolver.signals.length === 1);

    abort.abort();
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    dispatcher.connect.close();
    await until(() => resolver.signals.every(({ aborted }) => aborted));
  });

  it("has one deadline for plain connections too", async () => {
    // It accepts connections, and never begins the handshake.
    await using silent = await startListener();
    const asked = { hostname: "127.0.0.1", port: String(silent.port), protocol: "https:" };
    await expect(failureOf({ timeout: 50 }, asked)).resolves.toMatchObject({
      code: "ERR_SRV_TIMEOUT",
      message: `Connection to 127.0.0.1:${silent.port} not done within 50 ms`,
    });
  });

  it.each<[Partial<SrvConnectRequest>, string]>([
    [{ localAddress: "127.0.0.2" }, "Invalid localAddress: got '127.0.0.2'; allowed: none"],
    [{ socketPath: "/run/web.sock" }, "Invalid socketPath: got '/run/web.sock'; allowed: none"],
    [{ hostname: "a..b" }, "Invalid name: got 'a..b'; allowed: a name without empty labels"],
  ])("refuses %j", async (asked, message) => {
    const error = await failureOf({ resolver: failingResolver("asked") }, asked);
    expect(error).toMatchObject({ code: "ERR_SRV_INVALID_ARG" });
    expect(String(error)).toContain(message);
  });

  it("refuses options that it does not have", () => {
    const options: object = { keepAliveTimeout: 1 };
    expect(() => srvConnect(options)).toThrow("Unknown option keepAliveTimeout");
  });
});
