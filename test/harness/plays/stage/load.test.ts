import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { Load, isServed } from "../../../../harness/plays/stage/load.ts";
import { randomOf } from "../../../../harness/plays/stage/random.ts";
import { until } from "../../../../harness/plays/stage/until.ts";

test("users arrive while earlier ones wait, and every outcome is counted once", async () => {
  const waiting: (() => void)[] = [];
  await using server = await serve((path, end) => {
    if (path.endsWith("guest-1")) waiting.push(() => end(201));
    else end(path.endsWith("guest-2") ? 503 : 201);
  });
  const load = new Load({ entrance: () => [server.url], interval: 5, reads: 0 });
  await until("several users were answered", () => load.outcomes.length >= 5);
  expect(load.outcomes.map(({ guest }) => guest)).not.toContain("guest-1");
  expect(load.isSettledUntil(Number.POSITIVE_INFINITY)).toBe(false);

  waiting.forEach((release) => release());
  await load.stop();
  expect(load.isSettledUntil(Number.POSITIVE_INFINITY)).toBe(true);
  const guests = load.outcomes.map(({ guest }) => guest);
  expect(new Set(guests).size).toBe(guests.length);
  expect(load.outcomes.filter((outcome) => !isServed(outcome))).toEqual([
    expect.objectContaining({ guest: "guest-2", status: 503 }),
  ]);
  expect(load.acknowledged).toContain("guest-1");
  expect(load.acknowledged).not.toContain("guest-2");
  const last = load.outcomes.at(-1);
  expect(load.forget(last?.endedAt ?? 0)).toBe(guests.length - 1);
  expect(load.outcomes).toEqual([last]);
  expect(load.forget(Number.POSITIVE_INFINITY)).toBe(1);
});

test("the same random numbers give the same users in the same order", async () => {
  await using server = await serve((_path, end) => end(200));
  const visit = async (): Promise<(string | undefined)[]> => {
    const load = new Load({
      entrance: () => [server.url],
      interval: 2,
      random: randomOf(7, "requests"),
    });
    await until("enough came", () => load.outcomes.length >= 30);
    await load.stop();
    const inOrder = load.outcomes.toSorted((a, b) => a.sentAt - b.sentAt);
    return inOrder.slice(0, 30).map(({ guest }) => guest);
  };
  const first = await visit();
  expect(await visit()).toEqual(first);
  expect(first).toContain(undefined);
  expect(first).toContain("guest-1");
});

test("users of another app request one path, and waiting users are counted", async () => {
  const asked = new Set<string>();
  let isReleased = false;
  const held: (() => void)[] = [];
  await using server = await serve((path, end) => {
    asked.add(path);
    if (isReleased) end(200);
    else held.push(() => end(200));
  });
  const load = new Load({ entrance: () => [server.url], interval: 5, path: "/status?all" });
  await until("several users wait", () => held.length >= 3);
  expect(load.waitingSince(Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(3);
  expect(load.waitingSince(0)).toBe(0);
  isReleased = true;
  held.forEach((release) => release());
  await load.stop();
  expect([...asked]).toEqual(["/status?all"]);
  expect(load.waitingSince(Number.POSITIVE_INFINITY)).toBe(0);
  expect(load.acknowledged).toEqual([]);
});

test("users try the URLs in turn, and the next one after a refused connection", async () => {
  const asked: string[] = [];
  const named = (name: string) =>
    serve((_path, end) => {
      asked.push(name);
      end(200);
    });
  await using one = await named("one");
  await using two = await named("two");
  const gone = await named("gone");
  await gone[Symbol.asyncDispose]();
  const entrance = () => [one.url, gone.url, two.url];
  const load = new Load({ entrance, interval: 5, path: "/" });
  await until("enough came", () => load.outcomes.length >= 6);
  await load.stop();
  expect(load.outcomes.every(isServed)).toBe(true);
  expect(asked.filter((name) => name === "two").length).toBeGreaterThan(
    asked.filter((name) => name === "one").length,
  );
});

test("a user with a broken connection does not try another URL, because the write may have been applied", async () => {
  const asked: string[] = [];
  await using breaks = await serve((_path, _end, destroy) => {
    asked.push("breaks");
    destroy();
  });
  await using serves = await serve((_path, end) => {
    asked.push("serves");
    end(201);
  });
  // The first user begins with the second URL. Later connections are refused.
  const addresses = [serves.url, breaks.url, serves.url];
  const entrance = () => addresses.splice(0);
  const load = new Load({ entrance, interval: 5, reads: 0 });
  await until("a user gave up", () => load.outcomes.length > 0);
  await load.stop();
  expect(load.acknowledged).toEqual([]);
  expect(asked).toContain("breaks");
  expect(asked).not.toContain("serves");
});

async function serve(
  handle: (path: string, end: (status: number) => void, destroy: () => void) => void,
) {
  const server = createServer((request, response) =>
    handle(
      request.url ?? "",
      (status) => response.writeHead(status).end(),
      () => request.socket.destroy(),
    ),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
