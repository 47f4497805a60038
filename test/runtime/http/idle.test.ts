import { channel } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import { describe, expect, it } from "vitest";
import { Agent, type Dispatcher, Pool } from "undici";
import { Agent as OldestAgent, Pool as OldestPool } from "undici-oldest";

import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { type SrvConnect, srvConnect } from "../../../runtime/src/http.ts";
import { closesWhenIdle } from "../../../runtime/src/http/idle.ts";
import { NAME, startListener, target } from "../support/dialing.ts";
import { startWeb } from "../support/http-servers.ts";
import { nameOf } from "../support/moving.ts";
import { until } from "../support/redis-clients.ts";

const cert = readFileSync(TLS_FILES.cert);
const key = readFileSync(TLS_FILES.key);

/** A server with only HTTP/2 that responds with its name. */
function startH2(name: string) {
  const server = createSecureServer({ cert, key });
  server.on("request", (_request, response) => response.end(name));
  return startListener(() => {}, server);
}

type Kind = (connect: SrvConnect) => Agent | Pool;

/** Its types differ, but the members that the tests use are the same. */
const Oldest = { Agent: OldestAgent, Pool: OldestPool } as object as {
  Agent: typeof Agent;
  Pool: typeof Pool;
};

function pipelining(Kind: typeof Pool, connect: SrvConnect): Pool {
  const limits = { connections: 2, pipelining: 4, maxRequestsPerClient: 50 };
  return new Kind(`http://${NAME}`, { connect, ...limits });
}

type Get = () => Promise<string>;

function getter(dispatcher: Dispatcher, origin: string): Get {
  const send = { origin, path: "/", method: "GET" } as const;
  return async () => (await dispatcher.request(send)).body.text();
}

/** Sends many parallel requests without a pause, until one gets this response. All must succeed. */
async function loadUntil(get: Get, answer: string, onAnswer: () => void): Promise<void> {
  let isDone = false;
  const send = async (): Promise<void> => {
    while (!isDone) {
      isDone ||= (await get()) === answer;
      onAnswer();
    }
  };
  await Promise.all(Array.from({ length: 12 }, send));
}

describe("a connection of undici whose target is no longer in the records", () => {
  // An error that undici throws in a connection event fails the whole run.
  it("ends with HTTP/2 too, and the next request meets the new target", async () => {
    await using first = await startH2("first");
    await using second = await startH2("second");
    await using name = await nameOf(first, second);
    const tls = { ca: cert, ALPNProtocols: ["h2"] };
    const dispatcher = new Agent({ connect: srvConnect({ ...name.options, tls }), allowH2: true });
    const get = getter(dispatcher, `https://${NAME}`);
    await expect(get()).resolves.toBe("first");

    name.move();
    await until(() => first.sockets.size === 0);
    await expect(get()).resolves.toBe("second");
    await dispatcher.destroy();
  });

  it.each<[string, Kind]>([
    ["between two requests", (connect) => new Agent({ connect, connections: 1 })],
    ["between two requests", (connect) => new Oldest.Agent({ connect, connections: 1 })],
    ["after maxRequestsPerClient, with pipelining", (connect) => pipelining(Pool, connect)],
    ["after maxRequestsPerClient, with pipelining", (connect) => pipelining(Oldest.Pool, connect)],
  ])("ends under steady load %s", async (_when, dispatcherOf) => {
    await using first = await startWeb();
    await using second = await startWeb();
    await using name = await nameOf(first, second);
    const dispatcher = dispatcherOf(srvConnect(name.options));
    let answers = 0;
    const get = getter(dispatcher, `http://${NAME}`);
    await loadUntil(get, `${second.port} ${NAME}`, () => {
      if (++answers === 100) name.move();
    });
    await until(() => first.sockets.size === 0);
    expect(answers).toBeGreaterThan(100);
    await dispatcher.destroy();
  });
});

describe.each([
  ["undici 7", Agent],
  ["undici 5", Oldest.Agent],
])("a connection of %s that was upgraded", (_name, Kind) => {
  it.each(["before", "after"])(
    "stays when its caller takes the reference away %s its target leaves the records",
    async (when) => {
      const upgraded =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
      await using first = await startListener((peer) => {
        peer.once("data", () => peer.write(upgraded)).on("error", () => {});
      });
      const records = { port: first.port, asked: 0 };
      const resolve = () => {
        records.asked++;
        return Promise.resolve({ targets: [target(records.port)], ttl: 0 });
      };
      const cache = { minTtl: 0, minRefresh: 0 };
      const dispatcher = new Kind({ connect: srvConnect({ resolver: { resolve }, cache }) });
      const options = { origin: `http://${NAME}`, path: "/", protocol: "echo" };
      const { socket } = await dispatcher.upgrade(options);
      const connection = socket as Socket;
      if (when === "before") connection.unref();
      await until(() => records.asked > 2);
      records.port = 1;
      const { asked } = records;
      await until(() => records.asked > asked + 2);
      if (when === "after") connection.unref();
      await new Promise(setImmediate);
      expect(connection.destroyed).toBe(false);
      connection.on("error", () => {}).destroy();
      await dispatcher.destroy();
    },
  );
});

/** A busy connection whose target is no longer in the records, and its events in undici. */
function leaving(socket = new Socket(), { sentBefore = undefined as object | undefined } = {}) {
  const leave = closesWhenIdle(socket);
  channel("undici:client:sendHeaders").publish({ request: sentBefore, socket });
  leave();
  return {
    sent: (request: object, on = socket) =>
      channel("undici:client:sendHeaders").publish({ request, socket: on }),
    answered: (request: object) => channel("undici:request:trailers").publish({ request }),
    /** Ends the test case. @returns whether the connection has closed */
    hasEnded: async () => {
      await new Promise(setImmediate);
      const { destroyed, closed } = socket;
      if (!closed) await new Promise((resolve) => socket.once("close", resolve).destroy());
      return destroyed;
    },
  };
}

describe("a busy connection whose target is no longer in the records", () => {
  const [first, second] = [{ method: "GET" }, { method: "GET" }];

  it("ends when the last sent request is answered", async () => {
    const { sent, answered, hasEnded } = leaving();
    sent(first);
    sent(second);
    answered(first);
    answered(second);
    await expect(hasEnded()).resolves.toBe(true);
  });

  it("ends when a request is answered that was sent before", async () => {
    const { answered, hasEnded } = leaving(new Socket(), { sentBefore: first });
    answered(first);
    await expect(hasEnded()).resolves.toBe(true);
  });

  it("stays while a later request is not answered, even one that is sent at that moment", async () => {
    const { sent, answered, hasEnded } = leaving();
    sent(first);
    answered(first);
    sent(second);
    await expect(hasEnded()).resolves.toBe(false);
  });

  it("stays when an earlier request is answered, as there may be others", async () => {
    const { answered, hasEnded } = leaving();
    answered(first);
    await expect(hasEnded()).resolves.toBe(false);
  });

  it("stays when a request on another connection is answered", async () => {
    const { sent, answered, hasEnded } = leaving();
    sent(first, new Socket());
    answered(first);
    await expect(hasEnded()).resolves.toBe(false);
  });

  it.each([{ method: "CONNECT" }, { method: "GET", upgrade: "websocket" }])(
    "is left to the caller of %j",
    async (request) => {
      const { sent, answered, hasEnded } = leaving();
      sent(request);
      answered(request);
      await expect(hasEnded()).resolves.toBe(false);
    },
  );

  it("stays with HTTP/2, whose requests are answered in any order", async () => {
    const socket = new TLSSocket(new Socket());
    Object.assign(socket, { alpnProtocol: "h2" });
    const { sent, answered, hasEnded } = leaving(socket);
    sent(first);
    answered(first);
    await expect(hasEnded()).resolves.toBe(false);
  });

  it("stops listening to undici when it is closed", async () => {
    const { hasEnded } = leaving();
    expect(channel("undici:client:sendHeaders").hasSubscribers).toBe(true);
    await hasEnded();
    await until(() => !channel("undici:client:sendHeaders").hasSubscribers);
    await until(() => !channel("undici:request:trailers").hasSubscribers);
  });
});
