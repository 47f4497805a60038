import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";
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
  127.0.0.1:DNS  SRV records: 2, TTL 10 s, N ms

Targets, by priority
  i-1.dev-redis.dev-ecs:REDIS (127.0.0.1)  Redis
  i-2.dev-redis.dev-ecs:32768  it has no address

Findings
  warning: i-2.dev-redis.dev-ecs:32768: it has no address.
    DNS has no address of the record's host. Cloud Map writes both.
  note: With DNS alone, clients may miss a moved service for up to 10 s: caches keep an answer without records for 10 s (SOA), and records for what is left of their TTL, 10 s here.
    Lower the SOA's TTL: aws servicediscovery update-private-dns-namespace --id … --namespace '{"Properties":{"DnsProperties":{"SOA":{"TTL":5}}}}'; and that of the records to 10 s or less. Or ask the Cloud Map API too: srv-dialer/cloud-map.

A Redis client would connect, to i-1.dev-redis.dev-ecs:REDIS (127.0.0.1)
`);
  });

  it.each([
    ["of the URL", `redis+srv://:sesame@${NAME}`, {}],
    ["of the environment", NAME, { REDIS_PASSWORD: "sesame" }],
  ])("tries the password %s, and never prints it", async (_whose, operand, env) => {
    await using redis = await startRedis({ args: ["--requirepass", "sesame"] });
    await using dns = await startDnsServer();
    dns.setSrv(NAME, { host: HOST, port: redis.port, addresses: ["127.0.0.1"] });

    const args = ["doctor", operand, "--json", "--server", dns.address];
    const outcome = await runHere(args, env);

    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).not.toContain("sesame");
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      name: NAME,
      servers: [{ server: dns.address, negativeTtl: 10 }],
      targets: [{ host: HOST, port: redis.port, addresses: ["127.0.0.1"] }],
      dial: { client: "Redis" },
    });
  });

  it("dials Redis over TLS, with a private authority", async () => {
    await using redis = await startRedis({ tls: TLS_FILES });
    await using dns = await startDnsServer();
    dns.setSrv(NAME, { host: HOST, port: redis.port, addresses: ["127.0.0.1"] });
    const args = ["doctor", `rediss+srv://${NAME}`, "--server", dns.address];
    const { code, stdout } = await cli.run(args, { NODE_EXTRA_CA_CERTS: TLS_FILES.cert });
    expect(code).toBe(0);
    expect(stdout).toContain("A Redis with TLS client would connect");
  });

  it.each([
    ["orders.dev-ecs", "TCP"],
    ["cache.dev-valkey", "Redis"],
    ["redis+srv://orders.dev-ecs", "Redis"],
  ])("takes the service of %s for %s", async (operand, client) => {
    await using dns = await startDnsServer();
    const { stdout } = await runHere(["doctor", operand, "--server", dns.address]);
    expect(stdout).toContain(`A ${client} client would not connect`);
  });

  it.each([["--json"], []])(
    "prints nothing of a server that could control the terminal: %j",
    async (...options) => {
      await using dns = await startDnsServer();
      const bytes = Buffer.from('J\\0\u007f\u0082\u00ad\u2028\u{1f600}\u{e0001}"\u001b');
      await using server = await startUpstream((socket) => void socket.end(bytes));
      const addresses = ["127.0.0.1"];
      dns.setSrv(NAME, [
        { host: HOST, port: server.port, addresses },
        { host: "evil", port: 1, addresses },
      ]);
      dns.fault(({ answer, send }) => {
        for (let at; (at = answer.indexOf("evil")) !== -1;) answer.write("\u001b[2J", at);
        send(answer);
      });
      const { stdout } = await runHere(["doctor", NAME, ...options, "--server", dns.address]);
      expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
      expect(stdout).toMatch(/which is not Redis[^]*027[^]*0912J/);
      expect(() => options.length > 0 && (JSON.parse(stdout) as unknown)).not.toThrow();
    },
  );
});
