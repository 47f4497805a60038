import { AsyncLocalStorage } from "node:async_hooks";

import { describe, expect, it } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { NAME, dnsTo, startListener } from "../support/dialing.ts";

const requests = new AsyncLocalStorage<string>();

describe("the context of AsyncLocalStorage", () => {
  it("is each dial's own, even if they share a lookup", async () => {
    await using server = await startListener((socket) => void socket.end("hello"));
    await using dns = await dnsTo(server.port);
    const dialer = createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }) });
    const dial = (request: string): Promise<(string | undefined)[]> =>
      requests.run(request, async () => {
        const socket = await dialer.connect();
        const atConnect = requests.getStore();
        const atData = await new Promise<string | undefined>((resolve) => {
          socket.once("data", () => resolve(requests.getStore()));
        });
        socket.destroy();
        return [atConnect, atData];
      });
    await expect(Promise.all([dial("one"), dial("two")])).resolves.toEqual([
      ["one", "one"],
      ["two", "two"],
    ]);
    expect(dns.queries.filter(({ type }) => type === "SRV")).toHaveLength(1);
  });
});
