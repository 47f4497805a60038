// What every HTTP client does with the package.
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import {
  HOST,
  NAME,
  asked,
  dnsTo,
  failingResolver,
  leadTo,
  resolverOf,
  startListener,
  target,
} from "../support/dialing.ts";
import { HTTP_CLIENTS } from "../support/http-clients.ts";
import { startWeb } from "../support/http-servers.ts";
import { until } from "../support/redis-clients.ts";
import { silentResolver } from "../support/silent-resolver.ts";
import { runSnippet, snippetWith } from "../support/snippets.ts";
import { trackResources } from "../support/resources.ts";

const URL = `http://${NAME}/`;
const SECURE_URL = `https://${NAME}/`;
const ca = readFileSync(TLS_FILES.cert);

/** A port that refuses connections. */
async function gone(): Promise<{ port: number }> {
  await using listener = await startListener();
  return { port: listener.port };
}

describe.each(HTTP_CLIENTS)("%s", (_name, makeClient) => {
  it("sends a Host header without a port, and drops the protocol's own port", async () => {
    await using web = await startWeb();
    await using client = makeClient({ resolver: resolverOf(target(web.port)) });
    for (const url of [URL, `http://${NAME}:80/`]) {
      await expect(client.request(url)).resolves.toBe(`${web.port} ${NAME}`);
    }
  });

  it("connects directly to IP addresses, localhost and other ports", async () => {
    await using web = await startWeb();
    await using client = makeClient({ resolver: failingResolver("asked") });
    for (const host of ["127.0.0.1", "localhost"]) {
      await expect(client.request(`http://${host}:${web.port}/`)).resolves.toMatch(/^\d/);
    }
    const { port } = await gone();
    const refused = { address: "::1", port };
    await expect(client.request(`http://[::1]:${port}/`)).rejects.toMatchObject(refused);
  });

  it("connects directly over TLS, and checks the certificate of the host", async () => {
    await using web = await startWeb({ tls: true });
    await using client = makeClient({ resolver: failingResolver("asked"), tls: { ca } });
    const url = `https://localhost:${web.port}/`;
    await expect(client.request(url)).resolves.toBe(`${web.port} localhost:${web.port}`);
    expect(web.servernames).toEqual(["localhost"]);
    await using strict = makeClient({});
    await expect(strict.request(url)).rejects.toMatchObject({
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
  });

  it("looks up only the given names", async () => {
    await using web = await startWeb();
    const resolver = resolverOf(target(web.port));
    await using client = makeClient({ resolver, names: ["*.dev-ecs"] });
    await expect(client.request(URL)).resolves.toBe(`${web.port} ${NAME}`);
    // A name that never exists (RFC 6761, section 6.4).
    await expect(client.request("http://search.invalid/")).rejects.toMatchObject({
      syscall: "getaddrinfo",
    });
  });

  it("fails at the deadline with the reason: no records, no target, no answer", async () => {
    const refusing = resolverOf(target((await gone()).port));
    for (const [resolver, code] of [
      [resolverOf(), "ERR_SRV_NO_RECORDS"],
      [refusing, "ERR_SRV_CONNECT"],
      [silentResolver(), "ERR_SRV_TIMEOUT"],
    ] as const) {
      await using client = makeClient({ resolver, timeout: 100 });
      await expect(client.request(URL)).rejects.toMatchObject({ code, hostname: NAME });
    }
  });

  it("waits until the service is there", async () => {
    await using web = await startWeb();
    await using dns = await dnsTo((await gone()).port);
    const resolver = dnsResolver({ servers: [dns.address] });
    await using client = makeClient({ resolver, cache: false });
    const answer = client.request(URL);
    await until(() => asked(dns) > 0);
    leadTo(dns, web.port);
    await expect(answer).resolves.toBe(`${web.port} ${NAME}`);
  });

  it("ends pending dials when it is closed, and starts again with the next request", async () => {
    await using web = await startWeb();
    await using dns = await dnsTo(web.port);
    dns.fault("drop");
    await using client = makeClient({ resolver: dnsResolver({ servers: [dns.address] }) });
    const request = client.request(URL);
    await until(() => asked(dns) === 1);

    client.close();
    // destroy() of an agent closes its sockets, as in Node.js.
    await expect(request).rejects.toMatchObject({
      code: expect.stringMatching(/^(ERR_SRV_CLOSED|ECONNRESET)$/),
    });
    dns.fault(null);
    await expect(client.request(URL)).resolves.toBe(`${web.port} ${NAME}`);
  });

  it("uses TLS, and checks the certificate of the service", async () => {
    await using web = await startWeb({ tls: true });
    const resolver = resolverOf(target(web.port));
    await using client = makeClient({ resolver, tls: { ca } });
    await expect(client.request(SECURE_URL)).resolves.toBe(`${web.port} ${NAME}`);
    expect(web.servernames).toEqual([NAME]);
    await using strict = makeClient({ resolver, timeout: 300 });
    await expect(strict.request(SECURE_URL)).rejects.toMatchObject({
      code: "ERR_SRV_CONNECT",
      attempts: [{ phase: "tls" }],
    });
  });

  it("leaves no timer and no socket behind", async () => {
    using resources = trackResources();
    await using web = await startWeb();
    const client = makeClient({ resolver: resolverOf(target(web.port)) });
    await client.request(URL);
    expect(resources.open().length).toBeGreaterThan(0);

    client.close();
    await client[Symbol.asyncDispose]();
    await resources.allGone();
  });

  it("keeps its connection until the server ends it, and loses nothing that was acknowledged in a move", async () => {
    const store = new Set<string>();
    await using first = await startWeb({ store });
    await using second = await startWeb({ store });
    await using dns = await dnsTo(first.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    await using client = makeClient({ resolver, cache: { minTtl: 0, maxTtl: 0 } });
    const acknowledged: string[] = [];
    let fromSecond = 0;
    const send = async (sender: number): Promise<void> => {
      for (let at = 0; fromSecond < 10; at++) {
        const path = `/${sender}-${at}`;
        const sent = client.request(`http://${NAME}${path}`, { method: "PUT" });
        const answer = await sent.catch(() => undefined);
        if (answer === undefined) continue;
        acknowledged.push(path);
        if (answer.startsWith(`${second.port} `)) fromSecond++;
      }
    };
    const sending = send(0);
    await until(() => acknowledged.length > 10);
    leadTo(dns, second.port);
    const { length } = acknowledged;
    await until(() => acknowledged.length > length + 10);
    expect(fromSecond).toBe(0);
    await first.kill();
    await Promise.all([sending, send(1)]);
    expect(acknowledged.filter((path) => !store.has(path))).toEqual([]);
  });
});

it.each([
  ["node:http", "srvAgent()", []],
  ["undici", "srvConnect(", ["undici"]],
])("the snippet of docs/http.md for %s works unchanged", async (_client, words, peers) => {
  await using web = await startWeb();
  await using dns = await dnsTo();
  dns.setSrv("search.dev-ecs", { host: HOST, port: web.port });
  const outcome = await runSnippet(snippetWith(words), { dns: dns.address, peers });
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  expect(outcome.stdout.trim()).toBe(`${web.port} search.dev-ecs`);
});
