import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import { type Installation, install } from "../support/installed.ts";
import { runHere } from "../support/run-here.ts";
import { startUpstream } from "../support/sockets.ts";

const NAME = "dev-redis.dev-ecs";
const HOST = "i-1.dev-redis.dev-ecs";

let cli: Installation;

beforeAll(() => {
  cli = install();
});

afterAll(() => {
  cli[Symbol.dispose]();
});

/** Output without what differs between runs. */
function steady(stdout: string, ports: Readonly<Record<string, number>>): string {
  const named = Object.entries(ports).reduce(
    (text, [name, port]) => text.replaceAll(`:${port}`, `:${name}`),
    stdout,
  );
  return named.replaceAll(/[\d.]+ ms/g, "N ms");
}

describe("srv-dialer doctor", () => {
  it("shows servers, targets and findings, and exits 0 if a client would connect", async () => {
    await using dns = await startDnsServer();
    await using redis = await startRedis();
    dns.setSrv(NAME, [
      { host: HOST, port: redis.port },
      { host: "i-2.dev-redis.dev-ecs", port: 32_768, priority: 1 },
    ]);
    dns.setAddress(HOST, "127.0.0.1");

    const { code, stdout, stderr } = await cli.run(["doctor", NAME, "--server", dns.address]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(steady(stdout, { DNS: dns.port, REDIS: redis.port })).toBe(`dev-redis.dev-ecs

DNS servers
  127.0.0.1:DNS  2 SRV records, TTL 10 s, N ms

Targets, by priority
  i-1.dev-redis.dev-ecs:REDIS (127.0.0.1)  Redis (PONG), connected in N ms
  i-2.dev-redis.dev-ecs:32768  no address

Findings
  warning: No address of i-2.dev-redis.dev-ecs:32768: it has no address.
    The record names a host that DNS does not know. Cloud Map writes both; another zone needs an A or AAAA record of it.
  note: With DNS alone, clients may miss a moved service for up to 10 s: caches keep an answer without records for 10 s (SOA), and records for what is left of their TTL, 10 s here.
    Lower the SOA's TTL: aws servicediscovery update-private-dns-namespace --id … --namespace '{"Properties":{"DnsProperties":{"SOA":{"TTL":5}}}}'; and that of the records to 10 s or less. Or ask the Cloud Map API too: srv-dialer/cloud-map.

A Redis client would connect, to 127.0.0.1:REDIS, N ms
`);
  });

  it("prints the same as JSON", async () => {
    await using dns = await startDnsServer();
    await using redis = await startRedis();
    dns.setSrv(NAME, { host: HOST, port: redis.port, addresses: ["127.0.0.1"] });

    const { code, stdout } = await runHere(["doctor", NAME, "--json", "--server", dns.address]);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      name: NAME,
      servers: [{ server: dns.address, zone: "dev-ecs", negativeTtl: 10 }],
      targets: [{ host: HOST, port: redis.port, endpoints: [{ service: "Redis" }] }],
      dial: { endpoint: `127.0.0.1:${redis.port}` },
      findings: [{ code: "move-time" }],
    });
  });

  it("exits 1 if a client would not connect", async () => {
    await using dns = await startDnsServer();
    const { code, stdout } = await runHere(["doctor", NAME, "--server", dns.address]);
    expect(code).toBe(1);
    expect(stdout).toContain(`problem: ${NAME} has no SRV records`);
    expect(stdout).toContain(
      `A Redis client would not connect: ${NAME} has no SRV records: the DNS server`,
    );
  });

  it("refuses an unknown protocol", async () => {
    const { code, stderr } = await runHere(["doctor", NAME, "--protocol", "http"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--protocol; allowed: redis, tcp");
  });

  it("prints valid JSON whatever a target sends", async () => {
    await using dns = await startDnsServer();
    const bytes = Buffer.from('J\\0\u007f\u0082\u00ad\u2028\u{1f600}\u{e0001}"\u001b');
    await using server = await startUpstream((socket) => void socket.end(bytes));
    dns.setSrv(NAME, { host: HOST, port: server.port, addresses: ["127.0.0.1"] });
    const { stdout } = await runHere(["doctor", NAME, "--json", "--server", dns.address]);
    expect(JSON.parse(stdout)).toMatchObject({
      targets: [{ endpoints: [{ service: "another protocol" }] }],
    });
    expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  });

  it("shows nothing of a malicious server that could control the terminal", async () => {
    await using dns = await startDnsServer();
    dns.setSrv(NAME, { host: "\u001b[2J".replaceAll("\u001b", "!"), port: 1 });
    dns.fault(({ answer, send }) => {
      const at = answer.indexOf("![2J");
      if (at !== -1) answer[at] = 0x1b;
      send(answer);
    });
    const { stdout } = await runHere(["doctor", NAME, "--server", dns.address]);
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("\\027\\0912J:1");
  });
});
