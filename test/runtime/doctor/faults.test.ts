// The doctor names the cause of each fault, with real servers.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { once } from "node:events";
import { type Answer, decode, encode } from "dns-packet";
import { describe, expect, it, onTestFinished } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { type Examination, type Protocol, examine } from "../../../runtime/src/doctor/examine.ts";
import type { CloudMapClient } from "../../../runtime/src/cloud-map.ts";
import { type Finding, findingsOf } from "../../../runtime/src/doctor/findings.ts";
import { type DnsServer, type SrvRecord, startDnsServer } from "../../../runtime/src/testing.ts";
import { instance, startCloudMap } from "../support/fake-cloud-map.ts";
import { setNegativeTtl } from "../support/other-records.ts";
import { startRawServer } from "../support/raw-dns.ts";
import { startFullRedis, startLoadingRedis, startLosableRedis } from "../support/redis-servers.ts";
import { startUpstream } from "../support/sockets.ts";

const NAME = "dev-redis.dev-ecs";
const HOST = "i-1.dev-redis.dev-ecs";
/** ms; longer than any reply on loopback takes, also on a busy machine. */
const PATIENCE = 30_000;
/** ms, for what never answers. */
const SHORT = 3_000;
const NXDOMAIN = 3;
/** ms that a busy machine may take beside its waits. */
const SLACK = 1_500;

interface Options {
  readonly servers?: readonly string[];
  readonly timeout?: number;
  readonly domains?: readonly string[];
  readonly name?: string;
  readonly protocol?: Protocol;
  readonly cloudMap?: CloudMapClient;
}

interface Diagnosis extends Examination {
  readonly findings: readonly Finding[];
  /** Level and code of each finding, but the usual note. */
  readonly causes: readonly string[];
  /** Whether a client would connect. */
  readonly connects: boolean;
}

async function diagnose(
  dns: Pick<DnsServer, "address">,
  {
    servers = [dns.address],
    timeout = PATIENCE,
    domains = [],
    name = NAME,
    ...others
  }: Options = {},
): Promise<Diagnosis> {
  const options = { servers, timeout, domains, ...others };
  const examination = await examine(name, options);
  const findings = findingsOf(examination);
  const causes = findings
    .map(({ level, code }) => `${level}: ${code}`)
    .filter((cause) => cause !== "note: move-time");
  return { ...examination, findings, causes, connects: examination.dial.error === undefined };
}

function use<T extends AsyncDisposable>(resource: T): T {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

/** A DNS server with records of the name that lead to these ports of this machine. */
async function serve(...records: readonly (number | Partial<SrvRecord>)[]): Promise<DnsServer> {
  const dns = use(await startDnsServer());
  dns.setAddress(HOST, "127.0.0.1");
  dns.setSrv(
    NAME,
    records.map((record) => ({
      host: HOST,
      port: 1,
      ...(typeof record === "number" ? { port: record } : record),
    })),
  );
  return dns;
}

async function redisPort(...args: readonly string[]): Promise<number> {
  return use(await startRedis({ args: [...args] })).port;
}

async function webPort(): Promise<number> {
  const server = createServer((_request, response) => response.end("hello"));
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return portOf(server);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

it("finds nothing where all is well", async () => {
  const dns = await serve(await redisPort());
  const { causes, connects, targets } = await diagnose(dns);
  expect({ causes, connects }).toEqual({ causes: [], connects: true });
  expect(targets).toMatchObject([{ host: HOST, endpoints: [{ service: "Redis" }] }]);
});

describe("DNS", () => {
  it("a server is silent", async () => {
    const dns = await serve(await redisPort());
    const silent = use(await startRawServer(() => {}));
    const servers = [silent.address, dns.address];
    const { causes, findings, connects } = await diagnose(dns, { servers, timeout: SHORT });
    expect({ causes, connects }).toEqual({ causes: ["warning: server"], connects: true });
    expect(findings[0]).toMatchObject({
      message: expect.stringContaining(`${silent.address} cannot be reached: no`),
      advice: expect.stringContaining(`port ${silent.address.split(":")[1]} to it`),
    });
  });

  it("no server can answer", async () => {
    const dns = await serve(1);
    dns.fault("servfail");
    const { causes, findings, connects } = await diagnose(dns);
    expect({ causes, connects }).toEqual({ causes: ["problem: server"], connects: false });
    expect(findings[0]?.message).toContain(`${dns.address} cannot answer: SERVFAIL`);
  });

  it("the name is not known", async () => {
    const dns = use(await startDnsServer());
    const { causes, findings, connects } = await diagnose(dns);
    expect({ causes, connects }).toEqual({
      causes: ["problem: unknown-service"],
      connects: false,
    });
    expect(findings[0]).toMatchObject({
      message: `${NAME} has no SRV records: ${dns.address} says "no such name". Caches keep this answer for up to 10 s.`,
      advice: expect.stringContaining("--namespace-name dev-ecs --service-name dev-redis"),
    });
  });

  // The owner of the SOA record is the zone that denies the name.
  it.each([
    ["dev-ecs", NAME, "unknown-service"],
    [".", NAME, "unknown-namespace"],
    ["test", "redis.dev.test", "unknown-namespace"],
    ["dev.test", "redis.dev.test.", "unknown-service"],
    ["example.test", "_redis._tcp.example.test", "unknown-service"],
    [".", "redis", "no-records"],
    [undefined, NAME, "no-records"],
  ])("the zone %s denies %s: %s", async (zone, name, code) => {
    const data = { mname: "a", rname: "b", serial: 1, minimum: 86_400 };
    const authorities: Answer[] =
      zone === undefined ? [] : [{ type: "SOA", name: zone, ttl: 15, data }];
    const dns = await startRawServer(({ bytes, send }) => {
      const { id = 0, questions = [] } = decode(bytes);
      send(encode({ type: "response", id, flags: NXDOMAIN, questions, authorities }));
    });
    use(dns);
    expect((await diagnose(dns, { name })).causes).toEqual([`problem: ${code}`]);
  });

  it("the records are at the name with a search domain", async () => {
    const dns = use(await startDnsServer());
    dns.setSrv(`${NAME}.eu.example`, { host: HOST, port: 1 });
    const { causes, findings } = await diagnose(dns, { domains: ["us.example", "eu.example"] });
    expect(causes).toContain("problem: search-domain");
    expect(findings[0]?.advice).toContain(`${NAME}.eu.example has some.`);
  });

  it("the name has addresses alone", async () => {
    const dns = use(await startDnsServer());
    dns.setAddress(NAME, "10.0.1.7");
    const { causes, findings } = await diagnose(dns);
    expect(causes).toContain("problem: addresses-only");
    expect(findings[0]).toMatchObject({
      message: expect.stringContaining('says "no SRV records"'),
      advice: expect.stringContaining("It has the address 10.0.1.7"),
    });
  });

  it("the service is switched off", async () => {
    const dns = await serve({ host: ".", port: 0 });
    const { causes, connects } = await diagnose(dns);
    expect({ causes, connects }).toEqual({ causes: ["problem: unavailable"], connects: false });
  });

  it("the servers do not agree, and the first has no records", async () => {
    const knows = await serve(await redisPort());
    const other = use(await startDnsServer());
    other.setAddress(HOST, "127.0.0.1");
    const servers = [other.address, knows.address];
    const { causes, findings, connects } = await diagnose(knows, { servers });
    expect({ causes, connects }).toEqual({
      causes: ["problem: servers-differ"],
      connects: false,
    });
    expect(findings[0]?.message).toBe(
      `The DNS servers do not agree. ${other.address}: no SRV records; ${knows.address}: 1 SRV record, TTL 10 s.`,
    );
  });

  it("an answer too long for a datagram does not come over TCP", async () => {
    const dns = await serve(await redisPort());
    dns.fault(({ query, answer, send }) => {
      if (query.transport !== "udp") return;
      // The flag TC (RFC 1035, section 4.1.1).
      answer.writeUInt8(answer.readUInt8(2) | 0x02, 2);
      send(answer);
    });
    const { causes, connects } = await diagnose(dns, { timeout: SHORT });
    expect({ causes, connects }).toEqual({ causes: ["problem: server"], connects: false });
  });

  it("a denial stays in caches for long", async () => {
    const dns = use(await startDnsServer());
    setNegativeTtl(dns, 900);
    dns.setAddress(HOST, "127.0.0.1");
    dns.setSrv(NAME, { host: HOST, port: await redisPort() });
    const { causes, findings } = await diagnose(dns);
    expect(causes).toEqual(["warning: move-time"]);
    expect(findings[0]?.message).toMatch(
      /up to 900 s: .* for 900 s \(SOA\), and records for .* 10 s here/,
    );
  });

  it("the records have a long TTL", async () => {
    const dns = await serve({ port: await redisPort(), ttl: 300 });
    expect((await diagnose(dns)).causes).toEqual(["warning: move-time"]);
  });

  it("there are eight records", async () => {
    const port = await redisPort();
    const weights = Array.from({ length: 20 }, (_, weight) => ({ port, weight }));
    const few = await diagnose(await serve(...weights.slice(0, 8)));
    expect(few.causes).toEqual(["note: eight-records"]);
    const { causes, targets, others } = await diagnose(await serve(...weights));
    expect(causes).toEqual([]);
    expect([targets.length, others]).toEqual([16, 4]);
  });
});

describe("a target", () => {
  it("has no address", async () => {
    const dns = await serve({ host: "i-2.dev-redis.dev-ecs", port: 32_768 });
    const { causes, findings, connects } = await diagnose(dns);
    expect({ causes, connects }).toEqual({ causes: ["problem: no-address"], connects: false });
    expect(findings[0]?.message).toContain("i-2.dev-redis.dev-ecs:32768");
  });

  it("refuses, and another does not", async () => {
    const closed = await freePort("127.0.0.1");
    const dns = await serve(closed, { port: await redisPort(), priority: 1 });
    const { causes, findings, connects } = await diagnose(dns);
    expect({ causes, connects }).toEqual({ causes: ["warning: refused"], connects: true });
    expect(findings[0]?.message).toContain(`${HOST}:${closed} (127.0.0.1) refuses`);
  });

  it("is lost with its host", async () => {
    const redis = use(await startLosableRedis());
    await redis.lose();
    const dns = await serve(redis.port);
    const { causes, connects } = await diagnose(dns, { timeout: SHORT });
    expect({ causes, connects }).toEqual({ causes: ["problem: unreachable"], connects: false });
  });

  it("is frozen", async () => {
    const redis = use(await startRedis());
    redis.signal("SIGSTOP");
    const dns = await serve(redis.port);
    const start = performance.now();
    const { causes, connects } = await diagnose(dns, { timeout: SHORT });
    expect({ causes, connects }).toEqual({ causes: ["problem: no-reply"], connects: false });
    expect(performance.now() - start).toBeLessThan(SHORT + SLACK);
  });

  it("is another service than the others", async () => {
    const [redis, web] = [await redisPort(), await webPort()];
    const { causes, findings } = await diagnose(await serve(redis, { port: web, priority: 1 }));
    expect(causes).toEqual(["warning: services-differ"]);
    expect(findings[0]?.message).toBe(
      `The targets are not the same service. ${HOST}:${redis} (127.0.0.1): Redis; ${HOST}:${web} (127.0.0.1): another protocol.`,
    );
  });

  it("is Redis over TLS, with a certificate of an unknown authority", async () => {
    const redis = use(await startRedis({ tls: TLS_FILES }));
    const { causes, targets } = await diagnose(await serve(redis.port));
    expect(causes).toEqual(["problem: certificate", "note: tls"]);
    expect(targets[0]?.endpoints).toMatchObject([{ service: "Redis over TLS" }]);
  });

  it("speaks another protocol", async () => {
    const mysql = use(await startUpstream((socket) => void socket.end("J\0\0\0\n8.0.36")));
    const dns = await serve(mysql.port);
    const { targets, connects } = await diagnose(dns, { protocol: "tcp" });
    expect(connects).toBe(true);
    expect(targets[0]?.endpoints).toMatchObject([
      { service: "another protocol", detail: expect.stringContaining("8.0.36") },
    ]);
  });

  it("answers with HTTP", async () => {
    const dns = await serve(await webPort());
    const redis = await diagnose(dns);
    expect(redis).toMatchObject({ causes: ["problem: not-redis"], connects: false });
    const tcp = await diagnose(dns, { protocol: "tcp" });
    expect(tcp).toMatchObject({ causes: ["note: not-redis"], connects: true });
  });

  it.each<[string, (socket: Socket) => void]>([
    ["closed", (socket) => void socket.destroy()],
    ["no-reply", () => {}],
  ])("is not known to be Redis, and gives no answer to PING: %s", async (code, onClient) => {
    const server = use(await startUpstream(onClient));
    const dns = await serve(server.port);
    dns.setSrv("orders.dev-ecs", { host: HOST, port: server.port });
    const options = { name: "orders.dev-ecs", timeout: SHORT };
    const tcp = await diagnose(dns, options);
    expect(tcp).toMatchObject({ causes: [`note: ${code}`], connects: true });
    const redis = await diagnose(dns, { ...options, protocol: "redis" });
    expect(redis).toMatchObject({ causes: [`problem: ${code}`], connects: false });
  });

  it("wants a client certificate", async () => {
    const { cert, key } = TLS_FILES;
    const options = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(cert) };
    const server = createTlsServer({ ...options, requestCert: true, rejectUnauthorized: true });
    server.on("tlsClientError", () => {});
    onTestFinished(() => void server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { causes, targets } = await diagnose(await serve(portOf(server)));
    expect(targets[0]?.endpoints).toMatchObject([{ service: "TLS" }]);
    expect(causes).toContain("warning: client-certificate");
  });

  it("has a dead address beside one that works", async () => {
    const port = await redisPort();
    const dns = await serve(port);
    dns.setAddress(HOST, ["::1", "127.0.0.1"]);
    const { causes, connects } = await diagnose(dns);
    expect(connects).toBe(true);
    expect(causes).toEqual([expect.stringMatching(/^note: (refused|unreachable)$/)]);
  });

  it("has many dead addresses of one IP version, and one of the other that works", async () => {
    const dns = await serve(await redisPort());
    const dead = Array.from({ length: 9 }, (_, at) => `::ffff:7f00:${at + 2}`);
    dns.setAddress(HOST, [...dead, "127.0.0.1"]);
    const { causes, targets } = await diagnose(dns, { timeout: SHORT });
    const services = targets[0]?.endpoints.map(({ service }) => service);
    expect(services).toHaveLength(8);
    expect(services).toContain("Redis");
    expect(causes.filter((cause) => !cause.startsWith("note"))).toEqual([]);
  });

  it("needs a password", async () => {
    const dns = await serve(await redisPort("--requirepass", "secret"));
    expect((await diagnose(dns)).causes).toEqual(["note: password"]);
  });

  it("is loading its data", async () => {
    const redis = use(await startLoadingRedis());
    const { causes, findings } = await diagnose(await serve(redis.port));
    expect(causes).toEqual(["warning: not-ready"]);
    expect(findings[0]?.message).toContain("LOADING");
  });

  it("turns clients away", async () => {
    const redis = use(await startFullRedis());
    const { causes, findings } = await diagnose(await serve(redis.port));
    expect(causes).toEqual(["problem: refuses"]);
    expect(findings[0]?.message).toContain("refuses clients: ERR max number of clients reached.");
  });
});

it("asks for the SOA record of a name that no cache has: a cached one shows what is left of its TTL", async () => {
  const redis = use(await startRedis());
  const dns = await serve(redis.port);
  for (let times = 0; times < 2; times++) await diagnose(dns);
  const asked = dns.queries.filter(({ type }) => type === "SOA").map(({ name }) => name);
  expect(asked.every((name) => name.endsWith(".dev-ecs") && name !== NAME)).toBe(true);
  expect(new Set(asked).size).toBe(2);
});

describe("the Cloud Map API, for a name that connects", () => {
  it("is compared, so that an app may ask it", async () => {
    const redis = use(await startRedis());
    const dns = await serve(redis.port);
    const api = use(await startCloudMap());
    api.set(NAME, [instance("i-1", redis.port)]);
    const { causes, findings } = await diagnose(dns, { cloudMap: api.client });
    expect(causes).toEqual(["note: cloud-map"]);
    expect(findings.at(-1)?.message).toContain(`${HOST}:${redis.port}`);
  });

  it("is a warning with what to do, if the task role may not ask it", async () => {
    const redis = use(await startRedis());
    const dns = await serve(redis.port);
    const api = use(await startCloudMap());
    api.behaviour = { status: 400, type: "AccessDeniedException" };
    const { causes, findings, connects } = await diagnose(dns, { cloudMap: api.client });
    expect([causes, connects]).toEqual([["warning: cloud-map"], true]);
    expect(findings[0]?.advice).toContain("servicediscovery:DiscoverInstances");
  });
});
