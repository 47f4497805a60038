import { describe, expect, it } from "vitest";

import type { SrvAnswer, SrvTarget } from "../../../runtime/src/base/types.ts";
import { Dialer } from "../../../runtime/src/dialer/dialer.ts";
import { parseOptions } from "../../../runtime/src/dialer/options.ts";
import { Service } from "../../../runtime/src/http/service.ts";
import { NAME, startListener, target } from "../support/dialing.ts";
import { until } from "../support/redis-clients.ts";
import { trackResources } from "../support/resources.ts";

/** A name whose records the test sets, and a second resolver with more records. */
function serviceOf(known: SrvTarget[], { second = [] as SrvTarget[], isWatched = true } = {}) {
  const records = { targets: known, asked: 0, isDown: false };
  const resolver = [
    {
      resolve: () => {
        records.asked++;
        if (records.isDown) return Promise.reject<SrvAnswer>(new Error("down"));
        return Promise.resolve({ targets: records.targets, ttl: 0 });
      },
    },
    { resolve: () => Promise.resolve({ targets: second, ttl: 0 }) },
  ];
  const options = { resolver, cache: { minTtl: 0, minRefresh: 0, negativeTtl: 0 } };
  const dialer = new Dialer(parseOptions(NAME, options));
  const service = new Service(dialer, isWatched);
  const left: number[] = [];
  const dial = (): Promise<{ port: number; socket: { destroy(): void } }> =>
    service.dial(
      {},
      ({ remotePort = 0 }) =>
        () =>
          left.push(remotePort),
    );
  return { records, dial, left };
}

describe("a service", () => {
  it("reports each connection once if its target is no longer in the records", async () => {
    await using first = await startListener();
    await using second = await startListener();
    const { records, dial, left } = serviceOf([target(first.port)]);
    const connections = [await dial(), await dial()];
    await until(() => records.asked > 2);
    expect(left).toEqual([]);

    records.targets = [target(second.port)];
    await until(() => left.length > 0);
    connections.push(await dial());
    records.targets = [target(first.port), target(second.port)];
    const { asked } = records;
    await until(() => records.asked > asked + 2);
    expect(left).toEqual([first.port, first.port]);
    for (const { socket } of connections) socket.destroy();
  });

  it("neither watches nor reports if each answer names only some of the targets", async () => {
    await using first = await startListener();
    await using second = await startListener();
    const { records, dial, left } = serviceOf([target(first.port)], { isWatched: false });
    const connections = [await dial()];
    records.targets = [target(second.port)];
    connections.push(await dial());
    expect(connections.map(({ port }) => port)).toEqual([first.port, second.port]);
    expect({ left, asked: records.asked }).toEqual({ left: [], asked: 2 });
    for (const { socket } of connections) socket.destroy();
  });

  it("reports it if the records are gone, and not while no server answers", async () => {
    await using listener = await startListener();
    const { records, dial, left } = serviceOf([target(listener.port)]);
    const { socket } = await dial();
    await until(() => records.asked > 2);
    records.isDown = true;
    const { asked } = records;
    await until(() => records.asked > asked + 2);
    expect(left).toEqual([]);

    records.isDown = false;
    records.targets = [];
    await until(() => left.length === 1);
    socket.destroy();
  });

  it("keeps a connection from the second resolver until the first had its target and removes it", async () => {
    await using moved = await startListener();
    const gone = await startListener();
    await gone.close();
    const { records, dial, left } = serviceOf([target(gone.port)], {
      second: [target(moved.port)],
    });
    const { port, socket } = await dial();
    expect(port).toBe(moved.port);
    const { asked } = records;
    await until(() => records.asked > asked + 2);
    expect(left).toEqual([]);

    records.targets = [target(moved.port)];
    const since = records.asked;
    await until(() => records.asked > since + 2);
    records.targets = [target(gone.port)];
    await until(() => left.length === 1);
    socket.destroy();
  });

  it("reports a connection whose target was removed during the dial", async () => {
    await using first = await startListener();
    await using second = await startListener();
    const { records, dial, left } = serviceOf([target(first.port)]);
    const dialing = dial();
    // The answer has arrived, but there is no connection yet.
    records.targets = [target(second.port)];
    const connections = [await dialing];
    await until(() => left.length === 1);

    connections.push(await dial());
    records.targets = [target(first.port)];
    await until(() => left.length === 2);
    expect(left).toEqual([first.port, second.port]);
    for (const { socket } of connections) socket.destroy();
  });

  it("also reports it if another connection has found the new records", async () => {
    await using first = await startListener();
    await using second = await startListener();
    const { records, dial, left } = serviceOf([target(second.port)]);
    const connections = [await dial()];
    await until(() => records.asked > 2);
    records.targets = [target(first.port)];
    const dialing = dial();
    records.targets = [target(second.port)];
    connections.push(await dialing);
    await until(() => left.length > 0);
    const { asked } = records;
    await until(() => records.asked > asked + 2);
    expect(left).toEqual([first.port]);
    for (const { socket } of connections) socket.destroy();
  });

  it("resolves the records only while a connection is open", async () => {
    await using listener = await startListener();
    using resources = trackResources();
    const { records, dial } = serviceOf([target(listener.port)]);
    const { socket } = await dial();
    await until(() => records.asked > 2);
    expect(resources.open()).toContain("Timeout");
    socket.destroy();
    await resources.allGone();
  });
});
