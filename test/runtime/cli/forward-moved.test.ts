import { connect, createServer, type AddressInfo } from "node:net";
import { once } from "node:events";

import { describe, expect, it, vi } from "vitest";

import { serve } from "../../../runtime/src/cli/forward.ts";
import { Dialer } from "../../../runtime/src/dialer/dialer.ts";
import { parseOptions } from "../../../runtime/src/dialer/options.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { NAME, dnsTo, leadTo } from "../support/dialing.ts";
import { until } from "../support/redis-clients.ts";
import { startLosableRedis } from "../support/redis-servers.ts";

/** A forwarder to the target in the DNS server, and a client of it. */
async function forwarding(dns: { address: string }, recheck: number) {
  const resolver = dnsResolver({ servers: [dns.address] });
  const dialer = new Dialer(parseOptions(NAME, { resolver, cache: false, recheck }));
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const server = createServer({ allowHalfOpen: true }, (client) => void serve(client, dialer));
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
    stderr.mockRestore();
  };
  return { client, errors, stderr, ping, [Symbol.dispose]: end };
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
    const moved = expect.stringMatching(/^ERR_SRV_MOVED: .*\n$/) as string;
    expect(forward.stderr.mock.calls).toEqual([[moved]]);
  });
});
