// The doctor names the cause of each fault, with real servers.
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { decode, encode } from "dns-packet";
import { describe, expect, it, onTestFinished } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../support/tls/certificates.ts";
import { type ExamineOptions, examine } from "../../../runtime/src/doctor/examine.ts";
import { type DnsServer, type SrvRecord, startDnsServer } from "../../../runtime/src/testing.ts";
import { startListener } from "../support/dialing.ts";
import { startRawServer } from "../support/raw-dns.ts";
import { startFullRedis, startLoadingRedis, startLosableRedis } from "../support/redis-servers.ts";
import { startUpstream } from "../support/sockets.ts";

const NAME = "dev-redis.dev-ecs";
const HOST = "i-1.dev-redis.dev-ecs";
/** ms; longer than any reply on loopback takes, also on a busy machine. */
const PATIENCE = 30_000;
/** ms, for what never answers. */
const SHORT = 2_400;

type Options = Partial<ExamineOptions> & { readonly name?: string };

/** @returns also level and code of each finding but the usual note, and whether a client would connect */
async function diagnose(
  dns: Pick<DnsServer, "address">,
  { name = NAME, ...options }: Options = {},
) {
  const defaults = { servers: [dns.address], timeout: PATIENCE, client: "Redis" as const };
  const examination = await examine(name, { ...defaults, ...options });
  const causes = examination.findings
    .map(({ level, code }) => `${level}: ${code}`)
    .filter((cause) => cause !== "note: move-time");
  return { ...examination, causes, connects: examination.dial.error === undefined };
}

function use<T extends AsyncDisposable>(resource: T): T {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

/** A DNS server with records of the name that lead to these ports of this machine. */
async function serve(...records: readonly (number | Partial<SrvRecord>)[]): Promise<DnsServer> {
  const dns = use(await startDnsServer());
  dns.setAddress(HOST, "127.0.0.1");
  const full = records.map((each) => (typeof each === "number" ? { port: each } : each));
  dns.setSrv(
    NAME,
    full.map((record) => ({ host: HOST, port: 1, ...record })),
  );
  return dns;
}

async function redisPort(...args: readonly string[]): Promise<number> {
  return use(await startRedis({ args: [...args] })).port;
}

const TLS = { client: "Redis with TLS" } as const;
const HTTP = "HTTP/1.1 400 Bad Request\r\n\r\n";

describe("DNS", () => {
  it("a server is silent: it is a warning if another one answers", async () => {
    const dns = await serve(await redisPort());
    const silent = use(await startRawServer(() => {}));
    const servers = [silent.address, dns.address];
    const { causes, findings, connects } = await diagnose(dns, { servers, timeout: SHORT });
    expect({ causes, connects }).toEqual({ causes: ["warning: server"], connects: true });
    expect(findings[0]?.message).toBe(
      `The DNS server ${silent.address} gives no answer: no answer within ${SHORT / 3} ms.`,
    );
    expect(findings[0]?.advice).toContain(`port ${silent.address.split(":")[1]} to it`);
  });

  it("no server can answer", async () => {
    const dns = await serve(1);
    dns.fault("servfail");
    const { causes, findings, dial } = await diagnose(dns);
    expect(causes).toEqual(["problem: server"]);
    expect(dial).toEqual({ client: "Redis", error: "no DNS server gives an answer" });
    expect(findings[0]?.message).toContain(`${dns.address} gives no answer: SERVFAIL`);
  });

  it("the name is not known", async () => {
    const dns = use(await startDnsServer());
    const { causes, findings } = await diagnose(dns);
    expect(causes).toEqual(["problem: no-records"]);
    expect(findings[0]?.message).toBe(
      `${NAME} has no SRV records: ${dns.address} answered NXDOMAIN (there is no such name), and caches keep this answer for up to 10 s.`,
    );
    expect(findings[0]?.advice).toContain(
      "discover-instances --namespace-name dev-ecs --service-name dev-redis.",
    );
  });

  it("the name has addresses alone", async () => {
    const dns = use(await startDnsServer());
    dns.setAddress(NAME, "10.0.1.7");
    const { causes, findings } = await diagnose(dns);
    expect(causes).toEqual(["problem: addresses-only"]);
    expect(findings[0]?.advice).toContain("It has the address 10.0.1.7");
  });

  it("the only target is the root: there is no service", async () => {
    const dns = await serve({ host: ".", port: 0 });
    const { dial, targets } = await diagnose(dns);
    expect(targets).toEqual([]);
    expect(dial.error).toBe("the service is not available (its target is .)");
  });

  it("the servers do not agree, and the first has no records", async () => {
    const knows = await serve(await redisPort());
    const other = use(await startDnsServer());
    other.setAddress(NAME, "127.0.0.1");
    const servers = [other.address, knows.address];
    const { causes, findings, connects } = await diagnose(knows, { servers });
    expect({ causes, connects }).toEqual({ causes: ["problem: servers-differ"], connects: false });
    expect(findings[0]?.message).toBe(
      `The DNS servers do not agree. ${other.address}: gave an answer without them (the name exists); ${knows.address}: SRV records: 1, TTL 10 s.`,
    );
  });

  it.each([
    ["a denial", 900, 10],
    ["the records", 10, 900],
  ])("caches keep %s for long", async (_what, negative, ttl) => {
    const dns = await serve({ port: await redisPort(), ttl });
    dns.fault(({ answer: bytes, send }) => {
      const message = decode(bytes);
      const authorities = (message.authorities ?? []).map((record) =>
        record.type === "SOA"
          ? { ...record, ttl: negative, data: { ...record.data, minimum: negative } }
          : record,
      );
      send(encode({ ...message, authorities }));
    });
    const { causes, findings } = await diagnose(dns);
    expect(causes).toEqual(["warning: move-time"]);
    expect(findings[0]?.message).toMatch(
      new RegExp(`up to 900 s: .* for ${negative} s \\(SOA\\), and records for .* ${ttl} s here`),
    );
  });

  it("asks for the negative TTL of a name that no cache has: a cached one shows what is left of it", async () => {
    const dns = await serve(await redisPort());
    for (let times = 0; times < 2; times++) await diagnose(dns);
    const other = dns.queries.map(({ name }) => name).filter((name) => name.startsWith("srv-"));
    expect(other.every((name) => name.endsWith(".dev-ecs"))).toBe(true);
    expect(new Set(other).size).toBe(2);
  });
});

describe("a target", () => {
  it("answers: its record and its addresses are in the result", async () => {
    const port = await redisPort();
    const dns = await serve({ port, priority: 1, weight: 7, ttl: 5 });
    const { causes, targets, dial } = await diagnose(dns);
    const record = { host: HOST, port, priority: 1, weight: 7, ttl: 5 };
    expect(targets).toEqual([{ ...record, addresses: ["127.0.0.1"] }]);
    const endpoint = `${HOST}:${port} (127.0.0.1)`;
    expect({ causes, dial }).toEqual({ causes: [], dial: { client: "Redis", endpoint } });
  });

  it("refuses, and another does not", async () => {
    const closed = await freePort("127.0.0.1");
    const dns = await serve(closed, { port: await redisPort(), priority: 1 });
    const { causes, findings, connects } = await diagnose(dns);
    expect({ causes, connects }).toEqual({ causes: ["warning: refused"], connects: true });
    expect(findings[0]?.message).toContain(`${HOST}:${closed} (127.0.0.1): connect ECONNREFUSED`);
  });

  it.each<[string, () => Promise<Partial<SrvRecord>>, string, string]>([
    [
      "has no address",
      async () => ({ host: "i-2.dev-redis.dev-ecs", port: 32_768 }),
      "no-address",
      "i-2.dev-redis.dev-ecs:32768: it has no address.",
    ],
    [
      "is lost with its host",
      async () => {
        const redis = use(await startLosableRedis());
        await redis.lose();
        return redis;
      },
      "unreachable",
      "still waiting",
    ],
    [
      "is frozen",
      async () => {
        const redis = use(await startRedis());
        redis.signal("SIGSTOP");
        return redis;
      },
      "not-redis",
      "still waiting",
    ],
    ["is loading its data", async () => use(await startLoadingRedis()), "not-ready", "LOADING"],
    [
      "refuses clients",
      async () => use(await startFullRedis()),
      "not-ready",
      "refuses the client: ERR max number of clients reached",
    ],
  ])("%s", async (_what, start, code, message) => {
    const { host = HOST, port = 0 } = await start();
    const { causes, findings } = await diagnose(await serve({ host, port }), { timeout: SHORT });
    expect(causes).toEqual([`problem: ${code}`]);
    expect(findings[0]?.message).toContain(message);
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ["closes", (socket) => socket.destroy()],
    ["is reset", (socket) => socket.once("data", () => socket.resetAndDestroy())],
    ["is silent", () => {}],
    ["answers something else", (socket) => socket.end(HTTP)],
  ])("is not Redis, and %s: wrong for a client of Redis alone", async (_how, onClient) => {
    const { port } = use(await startListener((socket) => void onClient(socket)));
    const dns = await serve(port);
    const tcp = await diagnose(dns, { client: "TCP", timeout: SHORT });
    expect(tcp).toMatchObject({ causes: [], connects: true });
    const redis = await diagnose(dns, { timeout: SHORT });
    expect(redis).toMatchObject({ causes: ["problem: not-redis"], connects: false });
  });

  it("is Redis over TLS, with a certificate of an unknown authority", async () => {
    const redis = use(await startRedis({ tls: TLS_FILES }));
    const { causes, targets } = await diagnose(await serve(redis.port), TLS);
    expect(causes).toEqual(["problem: certificate"]);
    expect(targets).toMatchObject([{ error: "self-signed certificate" }]);
  });

  it("wants a client certificate", async () => {
    const { cert, key } = TLS_FILES;
    const options = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(cert) };
    const server = createTlsServer({ ...options, requestCert: true, rejectUnauthorized: true });
    server.on("tlsClientError", () => {});
    const { port } = use(await startListener(() => {}, server));
    const { causes } = await diagnose(await serve(port), TLS);
    expect(causes).toEqual(["problem: certificate"]);
  });

  it("has a dead address beside one that works", async () => {
    const dns = await serve(await redisPort());
    dns.setAddress(HOST, ["::1", "127.0.0.1"]);
    const { causes, connects } = await diagnose(dns);
    expect([causes, connects]).toEqual([[], true]);
  });

  it("is Redis without TLS, and clients use TLS", async () => {
    const dns = await serve(await redisPort());
    const { causes } = await diagnose(dns, { ...TLS, timeout: SHORT });
    expect(causes).toEqual(["problem: tls"]);
  });
});

describe("a Redis with a password", () => {
  it.each([
    ["none", undefined, "NOAUTH"],
    ["a wrong one", { password: "WRONGSECRET" }, "WRONGPASS"],
    ["a wrong user", { username: "WRONGSECRET", password: "sesame" }, "WRONGPASS"],
  ])("says that %s is given", async (_what, login, shown) => {
    const dns = await serve(await redisPort("--requirepass", "sesame"));
    const examination = await diagnose(dns, { login });
    expect(examination.causes).toEqual(["problem: password"]);
    expect(examination.findings[0]?.message).toContain(shown);
    expect(examination.dial.error).toContain(shown);
    expect(JSON.stringify(examination)).not.toMatch(/WRONGSECRET|sesame/);
  });

  it.each([
    ["what is not Redis", HTTP, "Redis", "not-redis"],
    ["a Redis without TLS, if clients use TLS", "+PONG\r\n", "Redis with TLS", "tls"],
  ] as const)("does not send it to %s", async (_what, reply, client, code) => {
    let received = "";
    const server = await startUpstream((socket) =>
      socket.on("data", (bytes) => {
        received += bytes.toString("latin1");
        socket.write(reply);
      }),
    );
    const dns = await serve(use(server).port);
    const options = { login: { password: "SECRET" }, client, timeout: SHORT };
    const { causes } = await diagnose(dns, options);
    expect(causes).toEqual([`problem: ${code}`]);
    expect(received).not.toContain("SECRET");
  });

  it("does not show it if a server that has got it sends it back, at once or later", async () => {
    let received = "";
    const server = await startUpstream((socket) =>
      socket.on("data", (bytes) => {
        socket.write(received.includes("SECRET") ? "SECRET" : "+PONG\r\n");
        received += bytes.toString();
      }),
    );
    const dns = await serve(use(server).port);
    const login = { password: "SECRET" };
    const [first, second] = [await diagnose(dns, { login }), await diagnose(dns, { login })];
    expect(received).toContain("SECRET");
    expect(JSON.stringify([first, second])).not.toContain("SECRET");
    expect(second.dial.error).toContain('answers PING with "***"');
  });
});
