import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import {
  NAME,
  asked,
  dnsTo,
  failingResolver,
  resolverOf,
  startListener,
  target,
} from "../support/dialing.ts";
import { HTTP_CLIENTS } from "../support/http-clients.ts";
import { startWeb } from "../support/http-servers.ts";
import { until } from "../support/redis-clients.ts";
import { silentResolver } from "../support/silent-resolver.ts";
import { trackResources } from "../support/resources.ts";

const URL = `http://${NAME}/`;
const ca = readFileSync(TLS_FILES.cert);

/** A port that refuses connections. */
async function gone(): Promise<{ port: number }> {
  await using listener = await startListener();
  return { port: listener.port };
}

describe.each(HTTP_CLIENTS)("%s", (_name, makeClient) => {
  it("sends a Host header without a port", async () => {
    await using web = await startWeb();
    await using client = makeClient({ resolver: resolverOf(target(web.port)) });
    await expect(client.request(URL)).resolves.toBe(`${web.port} ${NAME}`);
  });

  it("connects directly to IP addresses, localhost and other ports", async () => {
    await using web = await startWeb();
    await using client = makeClient({ resolver: failingResolver("asked") });
    for (const host of ["127.0.0.1", "localhost"]) {
      await expect(client.request(`http://${host}:${web.port}/`)).resolves.toMatch(/^\d/);
    }
    const { port } = await gone();
    await expect(client.request(`http://[::1]:${port}/`)).rejects.toMatchObject({
      address: "::1",
      port,
    });
  });

  it("looks up a name with the protocol's own port, which URLs drop", async () => {
    await using web = await startWeb();
    await using client = makeClient({ resolver: resolverOf(target(web.port)) });
    await expect(client.request(`http://${NAME}:80/`)).resolves.toBe(`${web.port} ${NAME}`);
  });

  it("fails at the deadline if there are no records, and says so", async () => {
    await using dns = await dnsTo();
    dns.remove(NAME);
    const resolver = dnsResolver({ servers: [dns.address] });
    await using client = makeClient({ resolver, timeout: 300 });
    await expect(client.request(URL)).rejects.toMatchObject({
      code: "ERR_SRV_NO_RECORDS",
      hostname: NAME,
    });
  });

  it("fails if every target refuses, and continues with the next target if one does", async () => {
    await using web = await startWeb();
    const refusing = target((await gone()).port);
    await using lost = makeClient({ resolver: resolverOf(refusing), timeout: 300 });
    await expect(lost.request(URL)).rejects.toMatchObject({ code: "ERR_SRV_CONNECT" });

    const targets = [refusing, target(web.port, { priority: 1 })];
    await using client = makeClient({ resolver: resolverOf(...targets) });
    await expect(client.request(URL)).resolves.toBe(`${web.port} ${NAME}`);
  });

  it("fails at the deadline if nothing answers", async () => {
    await using client = makeClient({ resolver: silentResolver(), timeout: 50 });
    await expect(client.request(URL)).rejects.toMatchObject({ code: "ERR_SRV_TIMEOUT" });
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
    await using client = makeClient({ resolver: resolverOf(target(web.port)), tls: { ca } });
    const secure = URL.replace("http:", "https:");
    await expect(client.request(secure)).resolves.toBe(`${web.port} ${NAME}`);
    expect(web.servernames).toEqual([NAME]);
  });

  it("refuses an unknown certificate", async () => {
    await using web = await startWeb({ tls: true });
    await using client = makeClient({ resolver: resolverOf(target(web.port)), timeout: 1_000 });
    await expect(client.request(URL.replace("http:", "https:"))).rejects.toMatchObject({
      code: "ERR_SRV_CONNECT",
      attempts: [{ phase: "tls" }],
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

  it("leaves no timer and no socket behind", async () => {
    using resources = trackResources();
    await using web = await startWeb();
    const resolver = resolverOf(target(web.port));
    const client = makeClient({ resolver });
    await client.request(URL);
    expect(resources.open().length).toBeGreaterThan(0);

    client.close();
    await client[Symbol.asyncDispose]();
    await resources.allGone();
  });
});
