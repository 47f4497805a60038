import { describe, expect, it } from "vitest";

import { NAME } from "../support/dialing.ts";
import { HTTP_CLIENTS } from "../support/http-clients.ts";
import { startWeb } from "../support/http-servers.ts";
import { nameOf } from "../support/moving.ts";
import { until } from "../support/redis-clients.ts";

const URL = `http://${NAME}/`;
/** Number of parallel requests. */
const SENDERS = 4;

/** A service on one server, and the server to which it moves. */
async function startMovingService(store = new Set<string>()) {
  const first = await startWeb({ store });
  const second = await startWeb({ store });
  const { options, move, ...name } = await nameOf(first, second);
  return {
    first,
    second,
    options,
    move,
    async [Symbol.asyncDispose]() {
      await Promise.all([first.kill(), second.kill(), name[Symbol.asyncDispose]()]);
    },
  };
}

describe.each(HTTP_CLIENTS)("%s", (_name, makeClient) => {
  it("ends idle connections to a removed target, and uses the new one", async () => {
    await using service = await startMovingService();
    const { first, second, options } = service;
    await using client = makeClient(options);
    await expect(client.request(URL)).resolves.toBe(`${first.port} ${NAME}`);
    expect(first.sockets.size).toBe(1);

    service.move();
    await until(() => first.sockets.size === 0);
    await expect(client.request(URL)).resolves.toBe(`${second.port} ${NAME}`);
  });

  it("lets a running request finish, and then ends its connection", async () => {
    await using service = await startMovingService();
    const { first, second, options } = service;
    await using client = makeClient(options);
    const held = client.request(`${URL}held`);
    await until(() => first.held.length === 1);
    const idle = Promise.all([client.request(URL), client.request(URL)]);
    await idle;

    service.move();
    await until(() => first.sockets.size === 1);
    await expect(client.request(URL)).resolves.toBe(`${second.port} ${NAME}`);
    first.release();
    await expect(held).resolves.toBe(String(first.port));
    await until(() => first.sockets.size === 0);
  });

  it.each([1, 2])(
    "has more to send than connections (%j), and loses nothing when the service moves gracefully",
    async (connections) => {
      const store = new Set<string>();
      await using service = await startMovingService(store);
      const { first, second, options } = service;
      await using client = makeClient({ ...options, connections });
      const acknowledged: string[] = [];
      const send = async (sender: number): Promise<void> => {
        for (let at = 0; first.sockets.size > 0 || at === 0; at++) {
          const path = `/${sender}-${at}`;
          await client.request(`http://${NAME}${path}`, { method: "PUT" });
          acknowledged.push(path);
        }
      };

      await client.request(URL);
      const sending = [...Array(SENDERS).keys()].map(send);
      service.move();
      // The old server closes after its last connection, so no request fails.
      await Promise.all(sending);
      await expect(client.request(URL)).resolves.toBe(`${second.port} ${NAME}`);
      expect(acknowledged.filter((path) => !store.has(path))).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(SENDERS);
    },
  );

  it("loses nothing that was acknowledged when the service is killed as it moves", async () => {
    const store = new Set<string>();
    await using service = await startMovingService(store);
    const { first, second, options } = service;
    await using client = makeClient(options);
    const acknowledged: string[] = [];
    let answers = 0;
    const send = async (sender: number): Promise<void> => {
      for (let at = 0; answers < 10 * SENDERS; at++) {
        const path = `/${sender}-${at}`;
        const answer = await client
          .request(`http://${NAME}${path}`, { method: "PUT" })
          .catch(() => undefined);
        if (answer === undefined) continue;
        acknowledged.push(path);
        if (answer.startsWith(`${second.port} `)) answers++;
      }
    };

    await client.request(URL);
    const sending = [...Array(SENDERS).keys()].map(send);
    await until(() => acknowledged.length > 10 * SENDERS);
    service.move();
    await first.kill();
    await Promise.all(sending);
    expect(acknowledged.filter((path) => !store.has(path))).toEqual([]);
  });
});
