import { describe, expect, it } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startNode } from "../support/installed.ts";
import { listenTo } from "../support/channels.ts";
import { HOST, NAME, dnsTo, failureOf, portOf, startListener } from "../support/dialing.ts";

function dialerOf(dns: { address: string }, options: SrvDialerOptions = {}) {
  return createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }), ...options });
}

describe("the channel", () => {
  it("srv-dialer:resolve has each answer of a resolver once, one without records too", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    using messages = listenTo("srv-dialer:resolve");
    const dialer = dialerOf(dns);
    await portOf(dialer.connect());
    await portOf(dialer.connect());
    dns.remove(NAME);
    await failureOf(dialerOf(dns).connect());
    const targets = [{ host: HOST, port: server.port, priority: 0, weight: 0, ttl: 10 }];
    expect([...messages]).toEqual([
      { name: NAME, targets, ttl: 10 },
      { name: NAME, targets: [], ttl: 10 },
    ]);
  });

  it("srv-dialer:attempt has each endpoint in order, srv-dialer:connect the last and the duration", async () => {
    const refusing = await freePort();
    await using server = await startListener();
    await using dns = await dnsTo(refusing, server.port);
    using attempts = listenTo("srv-dialer:attempt");
    using connects = listenTo("srv-dialer:connect");
    using failures = listenTo("srv-dialer:failure");
    const started = performance.now();
    await portOf(dialerOf(dns).connect());
    const passed = performance.now() - started;
    const common = { name: NAME, host: HOST, address: "127.0.0.1" };
    const reached = { ...common, port: server.port };
    expect([...attempts]).toEqual([{ ...common, port: refusing }, reached]);
    expect([...connects]).toEqual([{ ...reached, duration: expect.any(Number) }]);
    expect(connects[0]?.["duration"]).toBeGreaterThan(0);
    expect(connects[0]?.["duration"]).toBeLessThanOrEqual(passed);
    expect([...failures]).toEqual([]);
  });

  it("srv-dialer:failure has the error that connect rejects with", async () => {
    await using dns = await dnsTo(await freePort());
    using connects = listenTo("srv-dialer:connect");
    using failures = listenTo("srv-dialer:failure");
    const dialer = dialerOf(dns);
    const error = await failureOf(dialer.connect());
    const aborted = await failureOf(dialer.connect({ signal: AbortSignal.abort() }));
    expect(failures.map((message) => message["error"])).toEqual([error, aborted]);
    expect(failures[0]).toEqual({ name: NAME, error, duration: expect.any(Number) });
    expect([...connects]).toEqual([]);
  });

  it("srv-dialer:stale has the expired answer that is used", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    const dialer = dialerOf(dns, { cache: { minTtl: 0, maxTtl: 0 } });
    await portOf(dialer.connect());
    using messages = listenTo("srv-dialer:stale");
    dns.fault("servfail", { type: "SRV" });
    await portOf(dialer.connect());
    expect([...messages]).toEqual([
      { name: NAME, targets: [expect.objectContaining({ host: HOST, port: server.port })] },
    ]);
  });
});

describe("NODE_DEBUG=srv-dialer", () => {
  const dialer = new URL("../../../runtime/src/dialer/dialer.ts", import.meta.url);
  const scriptTo = (port: number) => `
    import { createSrvDialer } from "${dialer.href}";
    const target = { host: "127.0.0.1", port: ${port}, priority: 0, weight: 0, ttl: 10 };
    const resolver = { resolve: async () => ({ targets: [target], ttl: 10 }) };
    await createSrvDialer("${NAME}", { resolver }).connect().catch(() => {});`;

  async function stderrOf(env: Record<string, string>): Promise<string> {
    const args = ["--import", "tsx", "--input-type=module", "-e", scriptTo(await freePort())];
    await using node = startNode(args, env, process.cwd());
    const { code, stderr } = await node.outcome;
    expect(code).toBe(0);
    return stderr;
  }

  it("prints the messages on stderr", async () => {
    const lines = await stderrOf({ NODE_DEBUG: "srv-dialer" });
    for (const what of ["resolve", "attempt", "failure"]) {
      expect(lines).toMatch(new RegExp(`^SRV-DIALER \\d+: ${what} \\{\\s+name: '${NAME}'`, "m"));
    }
    // Without hidden properties, which would print each stack twice.
    expect(lines).not.toMatch(/\[(stack|length)\]/);
  });

  it("is needed for that", async () => {
    expect(await stderrOf({})).toBe("");
  });
});
