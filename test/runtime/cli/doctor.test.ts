import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
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
    ["of the URL", `redis+srv://:sesame@${NAME}`, {}, 0],
    ["of the environment", NAME, { REDIS_PASSWORD: "sesame" }, 0],
    ["of the URL, which is wrong", `redis+srv://:WRONG@${NAME}`, { REDISCLI_AUTH: "sesame" }, 1],
  ])("tries the password %s, and never prints it", async (_whose, operand, env, code) => {
    await using redis = await startRedis({ args: ["--requirepass", "sesame"] });
    await using dns = await startDnsServer();
    dns.setSrv(NAME, { host: HOST, port: redis.port, addresses: ["127.0.0.1"] });

    const args = ["doctor", operand, "--json", "--server", dns.address];
    const outcome = await runHere(args, env);

    expect(outcome).toMatchObject({ code, stderr: "" });
    expect(outcome.stdout).not.toMatch(/sesame|WRONG[^P]/);
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      name: NAME,
      servers: [{ server: dns.address, negativeTtl: 10 }],
      targets: [{ host: HOST, port: redis.port, addresses: ["127.0.0.1"], service: "Redis" }],
      dial: { client: "Redis" },
    });
  });

  it.each([
    ["tls", { NODE_EXTRA_CA_CERTS: TLS_FILES.cert }, 0, "Redis speaks TLS here"],
    ["certificate", {}, 1, "self-signed certificate"],
  ])("dials Redis over TLS, with the finding %s", async (_code, env, code, shown) => {
    await using redis = await startRedis({ tls: TLS_FILES });
    await using dns = await startDnsServer();
    dns.setSrv(NAME, { host: HOST, port: redis.port, addresses: ["127.0.0.1"] });
    const outcome = await cli.run(["doctor", NAME, "--server", dns.address], env);
    expect(outcome.code).toBe(code);
    expect(outcome.stdout).toContain(shown);
  });

  it("ends when it has said that DNS is silent: the API's address is looked up within --timeout too", async () => {
    await using dns = await startDnsServer();
    dns.fault("drop");
    // In place of a look-up of the system that gets no answer: a process waits for its thread before it ends.
    const silence = `
      import dns from "node:dns";
      import { pbkdf2 } from "node:crypto";
      dns.lookup = (_host, _options, done) => pbkdf2("", "", 2 ** 31 - 1, 1, "sha1", done);
      dns.setServers(["${dns.address}"]);`;
    const command = cli.start(["doctor", NAME, "--timeout", "900"], {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
      NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(silence)}"`,
      NODE_PATH: join(import.meta.dirname, "../../../node_modules"),
    });
    const { code, stdout } = await command.outcome;
    expect(code).toBe(1);
    expect(stdout).toContain("The Cloud Map API cannot be asked: no answer within 300 ms.");
    expect(stdout).toContain("A Redis client would not connect: no DNS server gives an answer");
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
        { host: "![2J", port: 1, addresses },
      ]);
      dns.fault(({ answer, send }) => {
        for (let at; (at = answer.indexOf("![2J")) !== -1;) answer[at] = 0x1b;
        send(answer);
      });
      const { stdout } = await runHere(["doctor", NAME, ...options, "--server", dns.address]);
      expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
      expect(stdout).toMatch(/which is not Redis[^]*027[^]*0912J/);
      expect(() => options.length > 0 && (JSON.parse(stdout) as unknown)).not.toThrow();
    },
  );
});
