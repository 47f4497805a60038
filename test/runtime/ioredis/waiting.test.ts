// Clients of createRedis while Redis is away for longer than a dial waits.
import { describe, expect, it } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { dnsTo, leadTo, startListener } from "../support/dialing.ts";
import { DEADLINE, createClient, until } from "../support/redis-clients.ts";

describe.concurrent("a client whose Redis is away for several deadlines", () => {
  it.each(["no records", "a silent DNS server", "a port that refuses", "a silent port"])(
    "emits one error at each, then answers its queued command: %s",
    async (away) => {
      await using server = await startRedis();
      await using silent = await startListener();
      const port = away === "a silent port" ? silent.port : await freePort();
      await using dns = await (away === "no records" ? dnsTo() : dnsTo(port));
      if (away === "a silent DNS server") dns.fault("drop");
      using client = createClient(dns, { connectTimeout: DEADLINE });
      const times: number[] = [];
      client.redis.on("error", () => times.push(performance.now()));
      const reply = client.redis.ping();
      await until(() => client.errors.length >= 3);
      leadTo(dns, server.port);
      dns.fault(null);
      await expect(reply).resolves.toBe("PONG");
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      for (const pause of pauses) expect(pause).toBeGreaterThan(DEADLINE);
    },
  );
});

describe("a client with wait: false", () => {
  it("emits an error for each pass, at the pace of its own retryStrategy", async () => {
    await using dns = await dnsTo();
    // The deadline is longer than this test may take.
    const options = { connectTimeout: 600_000, retryStrategy: () => 20 };
    using client = createClient(dns, options, { wait: false });
    await until(() => client.errors.length >= 3);
    for (const error of client.errors) expect(error).toMatchObject({ code: "ERR_SRV_NO_RECORDS" });
  });
});
