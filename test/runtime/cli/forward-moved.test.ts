import { connect, createServer, type AddressInfo } from "node:net";
import { once } from "node:events";

import { describe, expect, it } from "vitest";

import { serve } from "../../../runtime/src/cli/forward.ts";
import { Dialer } from "../../../runtime/src/dialer/dialer.ts";
import { parseOptions } from "../../../runtime/src/dialer/options.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { NAME, dnsTo, leadTo } from "../support/dialing.ts";
import { until } from "../support/redis-clients.ts";
import { startLosableRedis } from "../support/redis-servers.ts";

/** A forwarder to the target in the DNS server, and a client of it. */
async function forwarding(dns: { address: string }, recheck: number | false = false) {
  const resolver = dnsResolver({ servers: [dns.address] });
  const dialer = new Dialer(parseOptions(NAME, { resolver, cache: false, recheck }));
  const failures: unknown[] = [];
  const server = createServer({ allowHalfOpen: true }, (client) => {
    void serve(client, dialer, (error) => failures.push(error));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const errors: Error[] = [];
  client.on("error", (error) => errors.push(error));
  const ping = async (): Promise<string> => {
    client.write("PING\r\n");
    return String((await once(client, "data"))[0]);
  };
  const end = (): void => {
    dialer.close();
    client.destroy();
    server.close();
  };
  return { client, errors, failures, ping, [Symbol.dispose]: end };
}

describe("a client whose service is lost with its host", () => {
  it("is reset when the records have a new endpoint, so that it connects again", async () => {
    await using lost = await startLosableRedis();
    await using next = await startRedis();
    await using dns = await dnsTo(lost.port);
    using forward = await forwarding(dns, 50);
    await expect(forward.ping()).resolves.toBe("+PONG\r\n");
    await lost.lose();
    forward.client.write("PING\r\n");
    leadTo(dns, next.port);
    await until(() => forward.client.closed);
    expect(forward.errors).toMatchObject([{ code: "ECONNRESET" }]);
    expect(forward.failures).toMatchObject([{ code: "ERR_SRV_MOVED" }]);
  });

  it("waits if the records are not checked: the service may still answer", async () => {
    await using lost = await startLosableRedis();
    await using next = await startRedis();
    await using dns = await dnsTo(lost.port);
    using waiting = await forwarding(dns);
    using looking = await forwarding(dns, 50);
    await Promise.all([waiting.ping(), looking.ping()]);
    await lost.lose();
    leadTo(dns, next.port);
    await until(() => looking.client.closed);
    expect([waiting.client.closed, waiting.errors]).toEqual([false, []]);
  });
});
