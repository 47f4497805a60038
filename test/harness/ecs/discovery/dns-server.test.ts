import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect } from "node:net";
import { Packet } from "dns2";
import { describe, expect, it } from "vitest";
import { authorityFor } from "../../../../harness/ecs/discovery/dns-authority.ts";
import { type DnsRecord } from "../../../../harness/ecs/discovery/dns-records.ts";
import {
  startDnsServer,
  type RunningDnsServer,
} from "../../../../harness/ecs/discovery/dns-server.ts";

const many = Array.from({ length: 100 }, (_, index): DnsRecord => {
  return { type: "A", name: "many.ecs", ttl: 5, address: `127.0.1.${index}` };
});
const records: DnsRecord[] = [
  {
    type: "SRV",
    name: "redis.ecs",
    ttl: 5,
    priority: 1,
    weight: 2,
    port: 40_001,
    target: "i.redis.ecs",
  },
  { type: "A", name: "i.redis.ecs", ttl: 5, address: "127.0.0.9" },
  ...many,
];

async function withServer(
  use: (server: RunningDnsServer, resolver: Resolver) => Promise<void>,
): Promise<void> {
  const zones = [{ name: "ecs", records: () => records }];
  const server = await startDnsServer(authorityFor(() => zones, 15));
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([server.address]);
  try {
    await use(server, resolver);
  } finally {
    await server.close();
  }
}

/** Sends a datagram and returns the reply. */
async function askRaw(server: RunningDnsServer, message: Buffer): Promise<Buffer> {
  const [address = "", port] = server.address.split(":");
  const socket = createSocket("udp4");
  try {
    socket.send(message, Number(port), address);
    const [reply] = (await once(socket, "message", { signal: AbortSignal.timeout(2000) })) as [
      Buffer,
    ];
    return reply;
  } finally {
    socket.close();
  }
}

const ask = async (server: RunningDnsServer, message: Buffer): Promise<Packet> =>
  Packet.parse(await askRaw(server, message));

function query(change: (packet: Packet) => void): Buffer {
  const packet = new Packet();
  packet.header.id = 4711;
  packet.questions = [new Packet.Question("redis.ecs", Packet.TYPE.SRV, Packet.CLASS.IN)];
  change(packet);
  return packet.toBuffer();
}

describe("startDnsServer", () => {
  it("answers the resolver of Node.js", async () => {
    await withServer(async (_server, resolver) => {
      expect(await resolver.resolveSrv("redis.ecs")).toEqual([
        { name: "i.redis.ecs", port: 40_001, priority: 1, weight: 2 },
      ]);
      expect(await resolver.resolve4("i.redis.ecs", { ttl: true })).toEqual([
        { address: "127.0.0.9", ttl: 5 },
      ]);
      await expect(resolver.resolveSrv("nobody.ecs")).rejects.toMatchObject({ code: "ENOTFOUND" });
      await expect(resolver.resolve6("redis.ecs")).rejects.toMatchObject({ code: "ENODATA" });
      await expect(resolver.resolve4("example.com")).rejects.toMatchObject({ code: "EREFUSED" });
    });
  });

  it("does not compress the target of an SRV record, because some resolvers refuse that", async () => {
    await withServer(async (server) => {
      const reply = await askRaw(
        server,
        query(() => {}),
      );
      const target = "\u0001i\u0005redis\u0003ecs\u0000";
      expect(reply.toString("latin1").endsWith(target)).toBe(true);
    });
  });

  it("returns a long answer over TCP", async () => {
    await withServer(async (server, resolver) => {
      const truncated = await ask(
        server,
        query(({ questions: [question] }) => {
          if (question) Object.assign(question, { name: "many.ecs", type: Packet.TYPE.A });
        }),
      );
      expect(truncated.header.tc).toBe(1);
      expect(await resolver.resolve4("many.ecs")).toHaveLength(100);
    });
  });

  it.each([
    ["another opcode", (packet: Packet) => void (packet.header.opcode = 2), 4],
    ["no question", (packet: Packet) => void (packet.questions = []), 1],
    ["two questions", ({ questions }: Packet) => void questions.push(...questions), 1],
    ["another class", ({ questions: [q] }: Packet) => void (q && (q.class = 3)), 5],
  ])("returns the right code for %s", async (_what, change, rcode) => {
    await withServer(async (server) => {
      const reply = await ask(server, query(change));
      expect(reply.header).toMatchObject({ id: 4711, qr: 1, rcode });
    });
  });

  it("continues after garbage on UDP and TCP", async () => {
    await withServer(async (server, resolver) => {
      const [host = "", port] = server.address.split(":");
      const udp = createSocket("udp4");
      udp.send(Buffer.from([1, 2, 3]), Number(port), host);
      const tcp = connect(Number(port), host);
      tcp.on("error", () => {});
      tcp.end(Buffer.from([0, 3, 1, 2, 3]));
      await once(tcp, "close", { signal: AbortSignal.timeout(5000) });
      udp.close();
      expect(await resolver.resolveSrv("redis.ecs")).toHaveLength(1);
    });
  });

  it("is not held up by a message that claims more than it has", async () => {
    await withServer(async (server, resolver) => {
      const claims = Buffer.alloc(12, 0xff).fill(0, 2, 4);
      expect(() => Packet.parse(claims)).toThrow("a query has at most 8 questions and records");
      const long = Buffer.alloc(1233);
      expect(() => Packet.parse(long)).toThrow("a query has at most 1232 bytes");
      const [host = "", port] = server.address.split(":");
      const udp = createSocket("udp4");
      for (let sent = 0; sent < 20; sent++) {
        udp.send(claims, Number(port), host);
        udp.send(long, Number(port), host);
      }
      expect(await resolver.resolveSrv("redis.ecs")).toHaveLength(1);
      udp.close();
    });
  });

  it("uses the given port, or another one if it is in use", async () => {
    const first = await startDnsServer(authorityFor(() => [], 15));
    const { host, port } = first;
    const other = await startDnsServer(
      authorityFor(() => [], 15),
      { host: "127.0.0.2", port },
    );
    const third = await startDnsServer(
      authorityFor(() => [], 15),
      { host, port },
    );
    try {
      expect(other.address).toBe(`127.0.0.2:${port}`);
      expect([third.host, third.port === port]).toEqual([host, false]);
    } finally {
      await Promise.all([first, other, third].map((server) => server.close()));
    }
  });

  it("closes with a TCP connection open", async () => {
    const server = await startDnsServer(authorityFor(() => [], 15));
    const [host = "", port] = server.address.split(":");
    const idle = connect(Number(port), host);
    idle.on("error", () => {});
    await once(idle, "connect");
    const closed = once(idle, "close", { signal: AbortSignal.timeout(5000) });
    await server.close();
    await closed;
    expect(idle.destroyed).toBe(true);
  });
});

it("a DNS server reports where it cannot listen", async () => {
  const elsewhere = startDnsServer(
    authorityFor(() => [], 15),
    { host: "203.0.113.1" },
  );
  await expect(elsewhere).rejects.toThrow("cannot listen for DNS on 203.0.113.1");
});
