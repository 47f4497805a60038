import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, type Socket, createServer } from "node:net";

import { describe, expect, it } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { failureOf } from "../support/dialing.ts";
import { trackResources } from "../support/resources.ts";
import { QUESTION } from "../support/asking.ts";

/** Timeout of the server in ms, and the tolerance on a busy machine. */
const TIMEOUT = 300;

const RESPONSE = 0x8180;
/** The bytes of a query after its question. */
const OPT_BYTES = 11;
const TRUNCATED = 0x8380;

interface Behaviour {
  /** Sends replies over UDP. */
  readonly udp: (query: Buffer, send: (bytes: Buffer) => void) => void;
  /** Handles a TCP connection after its query. */
  readonly tcp?: (socket: Socket, query: Buffer) => void;
}

/** A server with custom behavior, UDP and TCP on one port. */
async function startHostile({ udp, tcp = () => {} }: Behaviour) {
  const sockets = new Set<Socket>();
  const streams = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).once("data", (query) => tcp(socket, query.subarray(2)));
  });
  await once(streams.listen(0, "127.0.0.1"), "listening");
  const { port } = streams.address() as AddressInfo;
  const datagrams = createSocket("udp4");
  datagrams.on("message", (query, client) => {
    udp(query, (bytes) => datagrams.send(bytes, client.port, client.address, () => {}));
  });
  datagrams.bind(port, "127.0.0.1");
  await once(datagrams, "listening");
  return {
    address: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      datagrams.close();
      await new Promise((resolve) => void streams.close(resolve));
    },
  };
}

/** A reply with only the question and these flags. */
function reply(query: Buffer, flags: number): Buffer {
  const bytes = Buffer.from(query);
  bytes.writeUInt16BE(flags, 2);
  return bytes;
}

const cutOff: Behaviour["udp"] = (query, send) => send(reply(query, TRUNCATED));

/** A reply with one SRV record whose target has these labels. */
function leadTo(query: Buffer, labels: readonly Uint8Array[]): Buffer {
  const target = Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), label]),
    Buffer.of(0),
  ]);
  const record = Buffer.alloc(18);
  record.writeUInt16BE(0xc00c, 0); // owner: the question's name, after the header
  record.writeUInt16BE(33, 2); // SRV
  record.writeUInt16BE(1, 4); // IN
  record.writeUInt32BE(10, 6);
  record.writeUInt16BE(6 + target.length, 10);
  record.writeUInt16BE(1, 16); // port
  const question = reply(query, RESPONSE).subarray(0, -OPT_BYTES);
  question.writeUInt16BE(1, 6);
  question.writeUInt16BE(0, 10);
  return Buffer.concat([question, record, target]);
}

/** Repeats a function every millisecond until the socket is closed. */
function repeatUntilClosed(socket: Socket, write: () => void): void {
  const timer = setInterval(write, 1);
  socket.on("close", () => clearInterval(timer));
}

const HOSTILE: Readonly<Record<string, Behaviour>> = {
  "sends empty datagrams": { udp: (_query, send) => send(Buffer.alloc(0)) },
  "sends the query back": { udp: (query, send) => send(query) },
  "sends thousands of wrong ids": {
    udp: (query, send) => {
      const forged = reply(query, RESPONSE);
      const id = query.readUInt16BE(0);
      for (let wrong = 0; wrong < 2_000; wrong++) {
        forged.writeUInt16BE((id + 1 + wrong) & 0xffff, 0);
        send(Buffer.from(forged));
      }
    },
  },
  "claims more records than it sends": {
    udp: (query, send) => {
      const bytes = reply(query, RESPONSE);
      bytes.writeUInt16BE(0xffff, 6);
      send(bytes);
    },
  },
  "cuts off, and says nothing over TCP": { udp: cutOff },
  "cuts off, and resets TCP": { udp: cutOff, tcp: (socket) => socket.resetAndDestroy() },
  "cuts off, and trickles over TCP": {
    udp: cutOff,
    // A length of 64 KB, then single bytes.
    tcp: (socket) => repeatUntilClosed(socket, () => socket.write(Buffer.from([0xff]))),
  },
  "cuts off, and floods over TCP": {
    udp: cutOff,
    tcp: (socket) => repeatUntilClosed(socket, () => socket.write(Buffer.alloc(65_536, 0xff))),
  },
  "cuts off, and ends TCP within its length": {
    udp: cutOff,
    tcp: (socket) => socket.end(Buffer.from([0])),
  },
  "cuts off, and sends a message of no bytes over TCP": {
    udp: cutOff,
    tcp: (socket) => socket.write(Buffer.from([0, 0])),
  },
};

describe("a DNS server that", () => {
  it.each(Object.entries(HOSTILE))(
    "%s is a failed one in time, and nothing of it is left",
    async (_what, behaviour) => {
      using resources = trackResources();
      await using server = await startHostile(behaviour);
      const resolver = dnsResolver({ servers: [server.address], timeout: TIMEOUT, tries: 1 });
      const dialer = createSrvDialer(QUESTION.name, { resolver });
      const error = await failureOf(dialer.connect());
      expect(error).toMatchObject({ code: "ERR_SRV_RESOLVE", attempts: [] });
      expect(error.message).toContain(server.address);
      await expect(resources.allGone()).resolves.toBeUndefined();
    },
  );

  it("cuts off, and answers over TCP in single bytes is read", async () => {
    await using server = await startHostile({
      udp: cutOff,
      tcp: (socket, query) => {
        const bytes = leadTo(query, [Buffer.from("ok")]);
        const left = [0, bytes.length, ...bytes];
        repeatUntilClosed(socket, () => socket.write(Buffer.from(left.splice(0, 1))));
      },
    });
    const { targets } = await dnsResolver({ servers: [server.address] }).resolve(QUESTION.name);
    expect(targets).toMatchObject([{ host: "ok" }]);
  });

  it("sends escape sequences in a name gets them nowhere", async () => {
    await using server = await startHostile({
      udp: (query, send) => send(leadTo(query, [Buffer.from("\u001b[2J\nOK")])),
    });
    const resolver = dnsResolver({ servers: [server.address], timeout: TIMEOUT });
    const { targets } = await resolver.resolve(QUESTION.name);
    const host = "\\027\\0912J\\010OK";
    expect(targets).toMatchObject([{ host }]);
    await expect(resolver.lookup(host, { family: 4 })).rejects.toThrow(
      `"${host}" is not a DNS name`,
    );
  });
});
