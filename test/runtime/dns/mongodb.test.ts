import type dns from "node:dns";
import { once } from "node:events";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { BSON, MongoClient } from "mongodb";
import { expect, it, onTestFinished } from "vitest";

import { install } from "../../../runtime/src/dns/install.ts";
import { setTxt } from "../support/other-records.ts";
import { serve } from "../support/process-dns.ts";

const NAME = "cluster0.example.net";
const HOST = "node-1.example.net";
/** Bytes of a message before its document: the header, flags and the kind of its section. */
const BEFORE_DOCUMENT = 16 + 4 + 1;
const OP_MSG = 2013;

/** Answers the commands that a client sends by itself, and `ping`, as a replica set with one member does. */
async function startMongo() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= received.readInt32LE(0)) {
        const length = received.readInt32LE(0);
        socket.write(replyTo(received.subarray(0, length)));
        received = received.subarray(length);
      }
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;

  function replyTo(message: Buffer): Buffer {
    const command = BSON.deserialize(message.subarray(BEFORE_DOCUMENT));
    const limits = { maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000 };
    const versions = { minWireVersion: 0, maxWireVersion: 21, maxWriteBatchSize: 100_000 };
    const me = `${HOST}:${port}`;
    const set = { isWritablePrimary: true, setName: "rs0", hosts: [me], me };
    const isHello = "hello" in command;
    const body = BSON.serialize({ ok: 1, ...(isHello && { ...set, ...limits, ...versions }) });
    const reply = Buffer.alloc(BEFORE_DOCUMENT);
    reply.writeInt32LE(reply.length + body.length, 0);
    reply.writeInt32LE(message.readInt32LE(4), 8);
    reply.writeInt32LE(OP_MSG, 12);
    return Buffer.concat([reply, body]);
  }

  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

it("mongodb+srv connects through the records that ours find", async () => {
  const server = await serve();
  await using mongo = await startMongo();
  server.setSrv(`_mongodb._tcp.${NAME}`, { host: HOST, port: mongo.port });
  setTxt(server, NAME, "replicaSet=rs0");
  onTestFinished(install());
  // The driver finds hosts as the system does, which does not know the test's server.
  const found = [{ address: "127.0.0.1", family: 4 }];
  const lookup = ((_host, _options, callback: (error: null, addresses: object) => void) =>
    callback(null, found)) as typeof dns.lookup;
  const client = new MongoClient(`mongodb+srv://${NAME}/?tls=false`, {
    // The first command is then a message too, and not the query of old servers.
    serverApi: "1",
    lookup,
  });
  try {
    expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(client.options.replicaSet).toBe("rs0");
    // Node.js sends no EDNS record.
    const queries = server.queries.map(({ type, edns }) => `${type} ${edns}`);
    expect(queries.toSorted()).toEqual(["SRV true", "TXT true"]);
  } finally {
    await client.close();
  }
});
