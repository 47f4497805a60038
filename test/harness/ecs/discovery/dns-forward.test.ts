import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Packet } from "dns2";
import { describe, expect, it } from "vitest";
import { authorityFor } from "../../../../harness/ecs/discovery/dns-authority.ts";
import type { DnsFaultKind } from "../../../../harness/ecs/base/fault-primitives.ts";
import { forwardTo } from "../../../../harness/ecs/discovery/dns-forward.ts";
import {
  RCODE,
  type DnsRecord,
  type DnsResponder,
} from "../../../../harness/ecs/discovery/dns-records.ts";
import { startDnsServer } from "../../../../harness/ecs/discovery/dns-server.ts";

const zone = (name: string, records: readonly DnsRecord[]): DnsResponder =>
  authorityFor(() => [{ name, records: () => records }], 15);

const address = (name: string, last: number): DnsRecord => {
  return { type: "A", name, ttl: 5, address: `192.0.2.${last}` };
};
const outside = [
  address("www.example", 1),
  ...Array.from({ length: 100 }, (_, last) => address("many.example", last)),
];
const fails: DnsResponder = () => ({ rcode: RCODE.SERVFAIL, answers: [], authorities: [] });

interface Servers {
  readonly resolver: Resolver;
  /** The current fault of the resolver. */
  fault: DnsFaultKind | undefined;
}

/** A server for the zone `ecs` that forwards to others. */
async function withServers(
  others: readonly DnsResponder[],
  use: (servers: Servers) => Promise<void>,
  { silent = false } = {},
): Promise<void> {
  const started = await Promise.all(others.map((respond) => startDnsServer(respond)));
  const mute = createSocket("udp4");
  mute.bind(0, "127.0.0.1");
  await once(mute, "listening");
  const first = silent ? [`127.0.0.1:${mute.address().port}`] : [];
  const addresses = [...first, ...started.map((server) => server.address)];
  const servers: Servers = {
    resolver: new Resolver({ timeout: 5000, tries: 1 }),
    fault: undefined,
  };
  const own = await startDnsServer(zone("ecs", [address("redis.ecs", 9)]), {
    forward: forwardTo(() => addresses, silent ? 500 : 2_000),
    fault: () => servers.fault && { kind: servers.fault, delay: 1, replies: 0 },
  });
  servers.resolver.setServers([own.address]);
  try {
    await use(servers);
  } finally {
    mute.close();
    await Promise.all([own, ...started].map((server) => server.close()));
  }
}

const example = zone("example", outside);

describe("forwardTo", () => {
  it("forwards only names in no zone", async () => {
    await withServers([example, zone("ecs", [address("redis.ecs", 1)])], async ({ resolver }) => {
      expect(await resolver.resolve4("www.example")).toEqual(["192.0.2.1"]);
      expect(await resolver.resolve4("redis.ecs")).toEqual(["192.0.2.9"]);
      await expect(resolver.resolve4("no.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
      await expect(resolver.resolve4("no.ecs")).rejects.toMatchObject({ code: "ENOTFOUND" });
      await expect(resolver.resolve6("www.example")).rejects.toMatchObject({ code: "ENODATA" });
    });
  });

  it("forwards a long reply over TCP", async () => {
    await withServers([example], async ({ resolver }) => {
      expect(await resolver.resolve4("many.example")).toHaveLength(100);
    });
  });

  it("queries the next server if one fails, refuses or does not reply", async () => {
    const servers = [fails, zone("other", []), example];
    await withServers(
      servers,
      async ({ resolver }) => {
        expect(await resolver.resolve4("www.example")).toEqual(["192.0.2.1"]);
      },
      { silent: true },
    );
  });

  it("ignores replies to other questions and malformed ones", async () => {
    const forger = createSocket("udp4");
    forger.on("message", (query, { port, address: from }) => {
      const reply = Buffer.from(query);
      reply.writeUInt16BE(0x8180, 2);
      const forged = Buffer.from(reply);
      // After the header and the length of the first label.
      forged.write("e", 13);
      const withoutQuestion = Buffer.from(reply.subarray(0, 12)).fill(0, 4);
      for (const each of [forged, query.subarray(0, 11), query, withoutQuestion])
        forger.send(each, port, from);
    });
    forger.bind(0, "127.0.0.1");
    await once(forger, "listening");
    const honest = await startDnsServer(example);
    // Nothing listens on port 53 of the first server.
    const servers = ["127.254.254.254", `127.0.0.1:${forger.address().port}`, honest.address];
    try {
      const forward = forwardTo(() => servers, 100);
      const reply = await forward(new Packet.Question("www.example", 1, 1), "udp");
      expect(reply?.toString("latin1")).toContain("\xc0\x00\x02\x01");
    } finally {
      forger.close();
      await honest.close();
    }
  });

  it("does not read on after a reply to another question over TCP", async () => {
    const forger = createServer((socket) => {
      const message = Buffer.alloc(20);
      message.writeUInt16BE(18);
      socket.once("data", () => socket.write(message));
      socket.on("error", () => {});
    }).listen(0, "127.0.0.1");
    await once(forger, "listening");
    const honest = await startDnsServer(example);
    try {
      const { port } = forger.address() as AddressInfo;
      // The connection stays open for longer than this test may take.
      const forward = forwardTo(() => [`127.0.0.1:${port}`, honest.address], 300_000);
      const reply = await forward(new Packet.Question("www.example", 1, 1), "tcp");
      expect(reply?.toString("latin1")).toContain("\xc0\x00\x02\x01");
    } finally {
      forger.close();
      await honest.close();
    }
  });

  it("fails with SERVFAIL if no server replies, else with the reply of the first one", async () => {
    await withServers([], async ({ resolver }) => {
      await expect(resolver.resolve4("www.example")).rejects.toMatchObject({ code: "ESERVFAIL" });
    });
    await withServers([zone("other", []), fails], async ({ resolver }) => {
      await expect(resolver.resolve4("www.example")).rejects.toMatchObject({ code: "EREFUSED" });
    });
  });

  it("applies the resolver's fault to forwarded names too", async () => {
    await withServers([example], async (servers) => {
      const ask = (): Promise<unknown> =>
        servers.resolver.resolve4("www.example").catch(({ code }: NodeJS.ErrnoException) => code);
      servers.fault = "servfail";
      expect(await ask()).toBe("ESERVFAIL");
      servers.fault = "truncated";
      expect(await ask()).toEqual(["192.0.2.1"]);
      servers.fault = "slow";
      expect(await ask()).toEqual(["192.0.2.1"]);
    });
  });
});
