import { describe, expect, it } from "vitest";

import { VirtualClock } from "../../../../studies/simulate/virtual-clock.ts";
import { AWS } from "../../../../studies/simulate/assumptions.ts";
import { RedisServer } from "../../../../studies/simulate/network/redis-server.ts";
import type { VirtualSocket } from "../../../../studies/simulate/network/virtual-socket.ts";

/** A Redis that takes 10 ms to accept a connection, with a backlog of two. */
function start() {
  const clock = new VirtualClock();
  const redis = { backlog: 2, accept: 10, ping: 1, handshake: 5 };
  const server = new RedisServer(clock, { ...AWS, redis });
  const connect = () => follow(server.connect(), clock);
  return { clock, server, connect };
}

/** A socket with its events and their times. */
function follow(socket: VirtualSocket, clock: VirtualClock) {
  const events: [string, number][] = [];
  const record = (event: string) => (): void => void events.push([event, clock.now()]);
  for (const event of ["connect", "readable", "error", "close"]) socket.on(event, record(event));
  return { socket, events };
}

describe("a simulated Redis", () => {
  it("refuses connections until it listens", () => {
    const { clock, server, connect } = start();
    const refused = connect();
    clock.skip(1);
    server.listen();
    const taken = connect();
    clock.skip(1);
    expect(refused.events).toEqual([
      ["error", 0.5],
      ["close", 0.5],
    ]);
    expect(taken.events).toEqual([["connect", 1.5]]);
  });

  it("answers one connection after the other", () => {
    const { clock, server, connect } = start();
    server.listen();
    const clients = [connect(), connect()];
    for (const { socket } of clients) socket.on("connect", () => socket.write());
    clock.skip(100);
    const answered = clients.map(({ events }) => events.find(([event]) => event === "readable"));
    // Both are accepted, at 10.25 and 20.25 ms, before the PING of the first has its turn.
    expect(answered).toEqual([
      ["readable", 21.5],
      ["readable", 22.5],
    ]);
    expect(clients[0]?.socket.read()?.toString()).toBe("+PONG\r\n");
    expect(clients[0]?.socket.read()).toBeNull();
  });
});
