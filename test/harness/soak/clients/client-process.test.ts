import { startDnsServer } from "srv-dialer/testing";
import { expect, test } from "vitest";
import { until } from "../../../../harness/plays/stage/until.ts";
import { startRedis } from "../../../../harness/ecs/programs/start-redis.ts";
import { ClientProcess } from "../../../../harness/soak/clients/client-process.ts";
import type { ClientOperation } from "../../../../harness/soak/clients/messages.ts";
import { PROFILES } from "../../../../harness/soak/clients/profiles.ts";

const NAME = "dev-redis.dev-ecs";

test("the clients report each operation once, even one that was unfinished at the stop", async () => {
  await using redis = await startRedis();
  const dns = await startDnsServer();
  dns.setSrv(NAME, [{ host: "localhost.local", port: redis.port }]);
  dns.setAddress("localhost.local", ["127.0.0.1"]);
  const operations: ClientOperation[] = [];
  const settings = { seed: 1, srvName: NAME, password: "", dnsServer: dns.address };
  await using clients = new ClientProcess(
    { ...settings, cloudMapApi: "http://127.0.0.1:9", defect: undefined },
    (reported) => void operations.push(...reported),
  );
  try {
    const bounds = await clients.bounds();
    expect(bounds).toHaveLength(PROFILES.length);
    const served = (): Set<number> => new Set(operations.map(({ client }) => client));
    await until("all are served", () => served().size === PROFILES.length);
    expect(new Set(operations.map(({ endpoint }) => endpoint))).toEqual(
      new Set([`127.0.0.1:${redis.port}`]),
    );
    expect((await clients.sample()).ready).toBe(PROFILES.length);

    redis.signal("SIGSTOP");
    const before = operations.length;
    await until("none is answered", async () => {
      const count = operations.length;
      // Longer than the clients' report interval.
      await new Promise((resolve) => setTimeout(resolve, 400));
      return operations.length === count;
    });
    const unanswered = await clients.stop(0);
    expect(unanswered.length).toBeGreaterThan(0);
    expect(unanswered.every(({ end }) => end === undefined)).toBe(true);
    redis.signal("SIGCONT");
    // Their last commands end and are not reported again.
    const count = operations.length;
    await clients.sample();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(operations.slice(count)).toEqual([]);
    expect(before).toBeLessThanOrEqual(count);
  } finally {
    await dns.close();
  }
});
