import { once } from "node:events";
import { readFileSync } from "node:fs";
import http, { type Agent } from "node:http";
import https, { type RequestOptions } from "node:https";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";

import { describe, expect, it } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";
import { srvAgent } from "../../../runtime/src/http.ts";
import { NAME, failingResolver, resolverOf, startListener, target } from "../support/dialing.ts";
import { startWeb } from "../support/http-servers.ts";
import { until } from "../support/redis-clients.ts";
import { exchange } from "../support/sockets.ts";
import { silentResolver } from "../support/silent-resolver.ts";

const ca = readFileSync(TLS_FILES.cert);

/** The response to a GET request. */
async function get(agent: Agent, path = "/", more: RequestOptions = {}) {
  const { get: send } = agent instanceof https.Agent ? https : http;
  const request = send({ host: NAME, path, agent, ...more });
  const [response]: http.IncomingMessage[] = await once(request, "response");
  if (response === undefined) throw new Error("no response");
  const { socket } = response;
  return { request, socket, text: await text(response) };
}

describe("an agent", () => {
  it("keeps connections like Node's global agents by default", async () => {
    await using web = await startWeb();
    const resolver = resolverOf(target(web.port));
    using keeping = srvAgent({ resolver });
    await get(keeping);
    expect((await get(keeping)).request.reusedSocket).toBe(true);

    using agent = srvAgent({ resolver, agent: { keepAlive: false } });
    await get(agent);
    expect((await get(agent)).request.reusedSocket).toBe(false);
  });

  it("opens at most maxSockets connections, including those being dialed", async () => {
    await using web = await startWeb();
    using agent = srvAgent({ resolver: resolverOf(target(web.port)), agent: { maxSockets: 1 } });
    const answers = await Promise.all([get(agent), get(agent), get(agent)]);
    expect(new Set(answers.map(({ socket }) => socket)).size).toBe(1);
  });

  it("hands the connection over when the protocol is upgraded", async () => {
    const server = http.createServer();
    server.on("upgrade", (_request, socket, head) => {
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n",
      );
      socket.write(head);
      socket.pipe(socket);
    });
    await using listener = await startListener(() => {}, server);
    using agent = srvAgent({ resolver: resolverOf(target(listener.port)) });
    const headers = { connection: "upgrade", upgrade: "echo" };
    const request = http.get({ host: NAME, agent, headers });
    const [, socket]: Socket[] = await once(request, "upgrade");
    if (socket === undefined) throw new Error("no socket");
    await expect(exchange(socket, "hello")).resolves.toBe("hello");
    socket.destroy();
  });

  it("continues with waiting requests after a failed dial", async () => {
    using agent = srvAgent({
      resolver: failingResolver("no"),
      timeout: 300,
      agent: { maxSockets: 1 },
    });
    const requests = [get(agent), get(agent)];
    for (const request of requests) {
      await expect(request).rejects.toMatchObject({ code: "ERR_SRV_RESOLVE" });
    }
  });

  it.each<[string, RequestOptions | undefined, object]>([
    ["is aborted", undefined, { name: "AbortError" }],
    ["times out", { timeout: 20 }, { code: "ECONNRESET" }],
  ])("ends the dial of a request that %s", async (_what, options, error) => {
    const resolver = silentResolver();
    using agent = srvAgent({ resolver });
    const abort = new AbortController();
    const request = http.get({ host: NAME, agent, signal: abort.signal, ...options });
    request.on("timeout", () => request.destroy());
    const failed = once(request, "error");
    await until(() => resolver.signals.length === 1);
    if (options === undefined) abort.abort();

    await expect(failed).resolves.toMatchObject([error]);
    await until(() => resolver.signals.every(({ aborted }) => aborted));
  });

  it("uses the TLS options of a request, its own check, and the name in its Host header", async () => {
    await using web = await startWeb({ tls: true });
    const resolver = resolverOf(target(web.port));
    using agent = srvAgent({ resolver, wait: false, tls: true, agent: { keepAlive: false } });
    const failed = { code: "ERR_SRV_CONNECT" };
    await expect(get(agent)).rejects.toMatchObject(failed);
    const own = { checkServerIdentity: () => new Error("not mine") };
    await expect(get(agent, "/", { ca, ...own })).rejects.toMatchObject(failed);
    const request: RequestOptions = { ca, headers: { host: "localhost" } };
    const answer = await get(agent, "/", request);
    expect(answer.text).toBe(`${web.port} localhost`);
    expect(answer.socket).toMatchObject({ remotePort: web.port, alpnProtocol: "http/1.1" });
    expect(web.servernames).toEqual(["localhost"]);
  });

  it.each([false, true])("connects directly to a Unix socket, with tls: %j", async (tls) => {
    using agent = srvAgent({ resolver: failingResolver("asked"), tls });
    const request = get(agent, "/", { socketPath: "/nowhere/web.sock" });
    await expect(request).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("looks up a name through SRV also if the request has the usual port, and a lookup of its own", async () => {
    await using web = await startWeb();
    using agent = srvAgent({ resolver: resolverOf(target(web.port)) });
    const own = { port: 80, family: 6, lookup: () => expect.unreachable(), localAddress: "::1" };
    await expect(get(agent, "/", own)).resolves.toMatchObject({ text: `${web.port} ${NAME}` });
  });

  it.each<[object, string | RegExp]>([
    [[], "Invalid options: got []; allowed: an object"],
    [{ agent: 1 }, "Invalid agent: got 1; allowed: the options of http.Agent"],
    [{ names: "a.b" }, "Invalid names: got 'a.b'; allowed: a list of SRV names"],
    [{ timeout: "1" }, "Invalid timeout"],
    [{ agents: {} }, /^Unknown option agents; allowed: resolver, .*, names, agent$/],
    [{ maxSockets: 1 }, "Unknown option maxSockets; allowed: resolver, "],
  ])("refuses %j", (options, message) => {
    expect(() => srvAgent(options)).toThrow(message);
  });
});
