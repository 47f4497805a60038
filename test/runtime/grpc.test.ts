import { setTimeout as sleep } from "node:timers/promises";

import * as newest from "@grpc/grpc-js";
import { afterEach, describe, expect, it, vi } from "vitest";

import { parseOptions } from "../../runtime/src/dial/options.ts";
import { dnsResolver } from "../../runtime/src/dns/dns-resolver.ts";
import type { DnsServer } from "../../runtime/src/testing.ts";
import { type GrpcModule, registerSrvResolver } from "../../runtime/src/grpc.ts";
import { resolverClass } from "../../runtime/src/grpc/resolver-class.ts";
import type { SrvResolver } from "../../runtime/src/base/types.ts";
import {
  HOST,
  NAME,
  dnsTo,
  failingResolver,
  resolverOf,
  startListener,
  target,
} from "./support/dialing.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { VERSIONS, grpcClient, startGrpc } from "./support/grpc-parts.ts";
import { until } from "./support/redis-clients.ts";
import { runSnippet, snippetWith } from "./support/snippets.ts";
import { trackResources } from "./support/resources.ts";
import { silentResolver } from "./support/silent-resolver.ts";

/** Answers of DNS hold for as short as a dialer allows. */
const QUICK = { minTtl: 100, negativeTtl: 100, minRefresh: 50 };

/** Its host has to be looked up. */
const HOSTLESS = { host: "nowhere.dev-ecs", port: 1, priority: 0, weight: 0, ttl: 10 };

/** Makes the name lead to a port, for as short as a dialer allows. */
function leadTo(dns: DnsServer, port: number, name = NAME): void {
  dns.setSrv(name, { host: HOST, port, ttl: 0 });
}

async function dnsLeadingTo(port: number): Promise<DnsServer> {
  const dns = await dnsTo();
  leadTo(dns, port);
  return dns;
}

/** A port that refuses. */
async function gone(): Promise<number> {
  await using listener = await startListener();
  return listener.port;
}

/** Calls until another server answers; its port. The pause leaves the processor to other tests. */
async function otherThan(port: number, call: () => Promise<number>): Promise<number> {
  for (;;) {
    const answer = await call();
    if (answer !== port) return answer;
    await sleep(10);
  }
}

describe.each(VERSIONS)("%s", (_name, grpc) => {
  /** From now on clients of this version ask the resolver. */
  function register(resolver: SrvResolver | readonly SrvResolver[], more = {}): void {
    registerSrvResolver({ grpc, resolver, cache: QUICK, ...more });
  }

  it("is led by SRV records, with the service's name as authority", async () => {
    await using server = await startGrpc(grpc);
    await using dns = await dnsLeadingTo(server.port);
    register(dnsResolver({ servers: [dns.address] }));
    using client = grpcClient(grpc, `_grpc._tcp.${NAME}`);
    leadTo(dns, server.port, `_grpc._tcp.${NAME}`);
    await expect(client.put("a")).resolves.toBe(server.port);
    expect(server.authorities).toEqual([NAME]);
  });

  it("meets a service that has moved, and its other calls end in peace", async () => {
    await using first = await startGrpc(grpc);
    await using second = await startGrpc(grpc);
    await using dns = await dnsLeadingTo(first.port);
    register(dnsResolver({ servers: [dns.address] }));
    using client = grpcClient(grpc, NAME);
    await expect(client.put("a")).resolves.toBe(first.port);
    leadTo(dns, second.port);
    const failures: unknown[] = [];
    let port = first.port;
    while (port === first.port) port = await client.put("b").catch((error) => failures.push(error));
    expect(port).toBe(second.port);
    await first.stop();
    await expect(client.put("c")).resolves.toBe(second.port);
    expect(failures).toEqual([]);
  });

  it("loses nothing that was acknowledged when the service is killed as it moves, under load", async () => {
    const store = new Set<string>();
    await using first = await startGrpc(grpc, { store });
    await using second = await startGrpc(grpc, { store });
    await using dns = await dnsLeadingTo(first.port);
    register(dnsResolver({ servers: [dns.address] }));
    using client = grpcClient(grpc, NAME);
    const acknowledged: string[] = [];
    let answers = 0;
    const send = async (sender: number): Promise<void> => {
      for (let at = 0; answers < 40; at++) {
        const text = `${sender}-${at}`;
        const port = await client.put(text, { waitForReady: true }).catch(() => undefined);
        if (port === undefined) continue;
        acknowledged.push(text);
        if (port === second.port) answers++;
      }
    };
    const sending = [0, 1, 2, 3].map(send);
    await until(() => acknowledged.length > 40);
    first.kill();
    leadTo(dns, second.port);
    await Promise.all(sending);
    expect(acknowledged.filter((text) => !store.has(text))).toEqual([]);
  });

  it("fails with the reason while there are no records, and serves once there are", async () => {
    await using server = await startGrpc(grpc);
    await using dns = await dnsTo();
    dns.remove(NAME);
    register(dnsResolver({ servers: [dns.address] }));
    using client = grpcClient(grpc, NAME);
    await expect(client.put("a")).rejects.toMatchObject({
      code: grpc.status.UNAVAILABLE,
      details: expect.stringContaining(`${NAME} has no SRV records`),
    });
    const waiting = client.put("b", { waitForReady: true });
    leadTo(dns, server.port);
    await expect(waiting).resolves.toBe(server.port);
  });

  it("keeps its connection while no DNS server answers, and while the records are gone", async () => {
    await using server = await startGrpc(grpc);
    await using dns = await dnsLeadingTo(server.port);
    register(dnsResolver({ servers: [dns.address] }));
    using client = grpcClient(grpc, NAME);
    await client.put("a");
    for (const fault of ["servfail", "nxdomain"] as const) {
      dns.fault(fault, { type: "SRV" });
      const before = dns.queries.length;
      await until(() => dns.queries.length > before + 1);
      await expect(client.put("b")).resolves.toBe(server.port);
    }
  });

  it("goes to the next priority while the best one refuses, and back", async () => {
    await using second = await startGrpc(grpc);
    const port = await gone();
    const best = target(port, { priority: 0 });
    register(resolverOf(best, target(second.port, { priority: 1 })), { cooldown: 100 });
    using client = grpcClient(grpc, NAME);
    await expect(client.put("a", { waitForReady: true })).resolves.toBe(second.port);
    await using first = await startGrpc(grpc, { port });
    const put = () => client.put("b", { waitForReady: true });
    await expect(otherThan(second.port, put)).resolves.toBe(first.port);
  });

  it("asks the next resolver when the targets of the first cannot be reached", async () => {
    await using server = await startGrpc(grpc);
    register([resolverOf(target(await gone())), resolverOf(target(server.port))]);
    using client = grpcClient(grpc, NAME);
    await expect(client.put("a", { waitForReady: true })).resolves.toBe(server.port);
  });

  it("finds a target later whose address was not found at first", async () => {
    await using one = await startGrpc(grpc);
    await using other = await startGrpc(grpc);
    await using dns = await dnsTo();
    dns.setSrv(NAME, [
      { host: "one.dev-ecs", port: one.port, addresses: ["127.0.0.1"] },
      { host: "other.dev-ecs", port: other.port },
    ]);
    dns.setAddress("other.dev-ecs", "127.0.0.1");
    dns.fault("servfail", { name: "other.dev-ecs" });
    register(dnsResolver({ servers: [dns.address] }), { cooldown: 100 });
    const serviceConfig = { loadBalancingConfig: [{ round_robin: {} }] };
    using client = grpcClient(grpc, NAME, { serviceConfig });
    await expect(client.put("a")).resolves.toBe(one.port);

    dns.fault(null);
    await expect(otherThan(one.port, () => client.put("b"))).resolves.toBe(other.port);
  });

  it("serves a call that waits, once the address of the target is found", async () => {
    await using server = await startGrpc(grpc);
    await using dns = await dnsTo();
    dns.setSrv(NAME, { host: "one.dev-ecs", port: server.port });
    dns.setAddress("one.dev-ecs", "127.0.0.1");
    dns.fault("servfail", { name: "one.dev-ecs" });
    register(dnsResolver({ servers: [dns.address] }), { cooldown: 100 });
    using client = grpcClient(grpc, NAME);
    await expect(client.put("a")).rejects.toMatchObject({
      details: expect.stringContaining("SERVFAIL"),
    });

    const waiting = client.put("b", { waitForReady: true });
    dns.fault(null);
    await expect(waiting).resolves.toBe(server.port);
  });

  it("hands over all targets of a priority, for a policy that uses them in turn", async () => {
    await using one = await startGrpc(grpc);
    await using other = await startGrpc(grpc);
    register(resolverOf(target(one.port), target(other.port)));
    const serviceConfig = { loadBalancingConfig: [{ round_robin: {} }] };
    using client = grpcClient(grpc, NAME, { serviceConfig });
    const ports = new Set<number>();
    while (ports.size < 2) ports.add(await client.put("a"));
    expect(ports).toEqual(new Set([one.port, other.port]));
  });

  it("keeps its connection while answers name eight others: they may be drawn from more", async () => {
    await using first = await startGrpc(grpc);
    await using second = await startGrpc(grpc);
    const refusing = await gone();
    const others = Array.from({ length: 8 }, (_, at) =>
      target(refusing, { host: `127.0.0.${at + 2}` }),
    );
    const records = { asked: 0, of: (_answer: number) => [target(first.port)] };
    const resolve = () => Promise.resolve({ targets: records.of(records.asked++), ttl: 0 });
    register({ resolve });
    using client = grpcClient(grpc, NAME);
    await client.put("a");

    // Each draw lacks another one, so that each is told.
    records.of = (answer) => [target(second.port), ...others.toSpliced(answer % 8, 1)];
    const { asked } = records;
    await until(() => records.asked > asked + 5);
    await expect(client.put("b")).resolves.toBe(first.port);

    records.of = () => [target(second.port)];
    await expect(otherThan(first.port, () => client.put("c"))).resolves.toBe(second.port);
  });

  it("checks a certificate for the service's name", async () => {
    await using server = await startGrpc(grpc, { tls: true });
    register(resolverOf(target(server.port)));
    using client = grpcClient(grpc, NAME, { tls: true });
    await expect(client.put("a")).resolves.toBe(server.port);
    using stranger = grpcClient(grpc, "other.dev-ecs", { tls: true });
    await expect(stranger.put("a")).rejects.toMatchObject({
      details: expect.stringContaining("altnames"),
    });
  });

  it.each<[string, SrvResolver, RegExp]>([
    [
      "a service that is decidedly not there",
      resolverOf(target(0, { host: "." })),
      /not available/,
    ],
    ["a resolver that fails", failingResolver("no way"), /no way/],
    ["a resolver that is silent", silentResolver(), /within 200 ms/],
    [
      "a host without addresses",
      { ...resolverOf(HOSTLESS), lookup: async () => ({ addresses: [], ttl: 1 }) },
      /Cannot resolve .* has no address/,
    ],
  ])("fails with the reason for %s", async (_what, resolver, details) => {
    register(resolver, { timeout: 200 });
    using client = grpcClient(grpc, NAME);
    await expect(client.put("a")).rejects.toMatchObject({
      code: grpc.status.UNAVAILABLE,
      details: expect.stringMatching(details),
    });
  });

  it("holds nothing once the client is closed", async () => {
    await using server = await startGrpc(grpc);
    await using dns = await dnsLeadingTo(server.port);
    using resources = trackResources();
    register(dnsResolver({ servers: [dns.address] }));
    const client = grpcClient(grpc, NAME);
    await client.put("a");
    client[Symbol.dispose]();
    await expect(resources.allGone()).resolves.toBeUndefined();
  });

  it("holds nothing once the client is closed in the middle of a lookup", async () => {
    await using dns = await dnsTo();
    dns.fault("drop");
    using resources = trackResources();
    register(dnsResolver({ servers: [dns.address] }));
    const client = grpcClient(grpc, NAME);
    const failure = client.put("a").catch((error: unknown) => error);
    await until(() => dns.queries.length > 0);
    client[Symbol.dispose]();
    expect(await failure).toMatchObject({ code: expect.any(Number) });
    await expect(resources.allGone()).resolves.toBeUndefined();
  });

  it.each([
    ["srv:///search.dev-ecs:50051", /Invalid name/],
    ["srv:///10.0.0.1", /not an IP address/],
    ["srv://10.0.0.2/search.dev-ecs", /Invalid target: .* three slashes/],
  ])("refuses the target %s", (wrong, message) => {
    register(resolverOf());
    expect(() => grpcClient(grpc, "", { target: wrong })).toThrow(message);
  });
});

describe("where a proxy is set", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("grpc-js asks it and no resolver, unless no_proxy names the service", async () => {
    await using server = await startGrpc(newest);
    const targets = [target(server.port)];
    const resolve = vi.fn<SrvResolver["resolve"]>(() => Promise.resolve({ targets, ttl: 10 }));
    registerSrvResolver({ resolver: { resolve } });
    // grpc-js writes of it to stderr.
    vi.spyOn(console, "error").mockImplementation(() => {});
    vi.stubEnv("http_proxy", `http://127.0.0.1:${await gone()}`);
    {
      using refused = grpcClient(newest, NAME);
      await expect(refused.put("a")).rejects.toMatchObject({ code: newest.status.UNAVAILABLE });
    }
    expect(resolve).not.toHaveBeenCalled();

    vi.stubEnv("no_proxy", ".dev-ecs");
    using led = grpcClient(newest, NAME);
    await expect(led.put("b")).resolves.toBe(server.port);
  });
});

it("the README's snippet for gRPC works as it is", async () => {
  await using server = await startGrpc(newest);
  await using dns = await dnsTo();
  dns.setSrv("search.dev-ecs", { host: HOST, port: server.port });
  const outcome = await runSnippet(snippetWith("registerSrvResolver()"), {
    dns: dns.address,
    peers: ["@grpc/grpc-js"],
  });
  expect(outcome).toEqual({ code: 0, stdout: "ready\n", stderr: "" });
});

describe("registerSrvResolver", () => {
  it.each<[object, string]>([
    [{ tls: true }, "Unknown option tls; allowed: resolver, timeout"],
    [{ timeout: 0 }, "Invalid timeout: got 0"],
    [[], "Invalid options: got []; allowed: an object"],
    [{ grpc: 1 }, "Invalid grpc: got 1; allowed: the module @grpc/grpc-js"],
    [{ grpc: {} }, "Invalid grpc: got {}; allowed: the module @grpc/grpc-js"],
  ])("refuses %j", (options, message) => {
    expect(() => registerSrvResolver(options)).toThrow(message);
  });

  it("leaves out one of eight that was replaced once a hundred and one answers lack it", async () => {
    const clock = new VirtualClock();
    const records = { targets: Array.from({ length: 8 }, (_, at) => target(at + 1)), answers: 0 };
    const resolve = () => {
      records.answers++;
      return Promise.resolve({ targets: records.targets, ttl: 10 });
    };
    const settings = { ...parseOptions(NAME, { resolver: { resolve } }), clock };
    const Resolver = resolverClass(newest, () => settings);
    const told: number[] = [];
    const listener: newest.experimental.ResolverListener = (found) => {
      told.push(found.ok ? found.value.length : 0);
      return true;
    };
    const resolver = new Resolver({ scheme: "srv", path: NAME }, listener, {});
    resolver.updateResolution();
    await clock.advance(0);
    records.targets = [...records.targets.slice(1), target(9)];
    await clock.advance(50_000);
    expect(told).toEqual([8, 9]);
    while (told.length === 2 && records.answers < 200) await clock.advance(10_000);
    expect(told).toEqual([8, 9, 8]);
    expect(records.answers).toBeGreaterThan(101);
    resolver.destroy();
    expect(clock.pending).toBe(0);
  });

  it("says what to install where grpc-js is older than its resolvers are", () => {
    const settings = parseOptions(NAME, {});
    const OfThisVersion = resolverClass(VERSIONS[0]?.[1] as GrpcModule, () => settings);
    // Before 1.14 the listener was an object.
    const begin = () => new OfThisVersion({ scheme: "srv", path: NAME }, {} as never, {});
    expect(begin).toThrow("this @grpc/grpc-js is too old: npm install @grpc/grpc-js@1.14");
  });
});
