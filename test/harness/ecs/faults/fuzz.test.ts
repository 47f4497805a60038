import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { withLocalEcs, type Run } from "../fixture/local.ts";
import { auth, redisAlone } from "../fixture/one-redis.ts";
import { replyOf } from "../fixture/redis-client.ts";
import { running, service } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";
import type { LocalEcs } from "../../../../harness/ecs/local-ecs.ts";

/** One run for each seed; `FUZZ_SEEDS=7,8` sets others. */
const SEEDS = (process.env["FUZZ_SEEDS"] ?? "1,2,3,4,5").split(",").map(Number);

/** Number of actions in a run. */
const STEPS = 25;

/** Milliseconds until a run must end. On an idle machine it takes a tenth of a second. */
const TIMEOUT = 10_000;

/** Marsaglia's xorshift32: pseudorandom numbers from 0 to 1. */
function xorshift(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return () => {
    state = (state ^ (state << 13)) >>> 0;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
}

/** The template with a name of the Cloud Map service. Another name replaces Redis. */
const named = (name: string): object => template({ ...redisAlone, discovery: { name } });

const ids = (all: readonly { readonly id: string }[]): string[] =>
  all.slice(0, 3).map(({ id }) => id);

/** The possible actions. Each chooses its target when it runs. */
function actions({ ecs }: Run, random: () => number): readonly (() => unknown)[] {
  const { faults } = ecs;
  const pick = <Choice>(choices: readonly [Choice, ...Choice[]]): Choice =>
    choices[Math.floor(random() * choices.length)] ?? choices[0];
  const task = (): string => pick(["none", ...ids(service(ecs, "test-redis").tasks)]);
  const host = (): string => pick(["none", ...ids(ecs.hosts)]);
  const on = (): boolean => random() < 0.6;
  const loss = (): object => ({
    noticedAfter: pick([0, 100, 5000]),
    leaseTime: pick([0, 100, 500]),
    replacedAfter: pick([0, 100]),
  });
  return [
    () => faults.kill(task()),
    () => faults.freeze(task()),
    () => faults.thaw(task()),
    () => faults.loseHost(host(), loss()),
    () => faults.restoreHost(host()),
    () => faults.partition("test-redis", on()),
    () => faults.partition(task(), on()),
    () => faults.diskFull("test-redis", on()),
    () => faults.reusePort("test-redis", on(), { timeout: pick([0, 50, 5000]) }),
    () => faults.overlap(on()),
    () => faults.records(on() ? "gone" : undefined),
    () => faults.dns(on() ? pick(["down", "stale", "nxdomain"]) : undefined),
    () => faults.clear(),
    () => ecs.drainHost(host()),
    () => ecs.activateHost(host()),
    () => ecs.apply(named(pick(["test-redis", "other-redis"]))),
  ];
}

/** Allowed errors: the target no longer exists, or no task left its port in time. */
const EXPECTED = ["ERR_INVALID_ARG", "ERR_TIMEOUT"];

/** Begins one action after the other and waits for some. Resolves when all have ended. */
async function play(run: Run, random: () => number): Promise<void> {
  const all = actions(run, random);
  const turns: Promise<unknown>[] = [];
  const open = new Set<string>();
  for (let step = 0; step < STEPS; step += 1) {
    const action = all[Math.floor(random() * all.length)];
    const turn = (async () => action?.())().catch((error: unknown) => {
      if (!EXPECTED.includes(String(Object(error).code))) throw error;
    });
    const name = `${step}: ${String(action)}`;
    open.add(name);
    turns.push(turn.finally(() => open.delete(name)));
    const pause = random();
    if (pause < 0.3) await Promise.race([turn, delay(100)]);
    else if (pause < 0.6) await delay(random() * 60);
  }
  await run.ecs.faults.clear();
  await within(Promise.all(turns), () => `all steps; still open: ${[...open].join("; ")}`);
}

/** The reply of the current Redis to a write. It may have been killed just before. */
async function written(ecs: LocalEcs): Promise<string[]> {
  const [task] = running(ecs, "test-redis");
  return task ? replyOf(task, [auth(ecs), "SET k v"]).catch((error) => [String(error)]) : [];
}

async function within(promise: Promise<unknown>, what: () => string): Promise<void> {
  const late = delay(TIMEOUT, "late", { ref: false });
  const ended = await Promise.race([promise.then(() => "in time"), late]);
  expect(ended, what()).toBe("in time");
}

/** Listening addresses of a block 127.x.y.: proc_net(5), bytes in the host's order. */
function listenersIn(block: string): string[] {
  const LISTEN = "0A";
  const rows = readFileSync("/proc/net/tcp", "latin1").split("\n").slice(1);
  return rows.flatMap((row) => {
    const [, local = "", , state] = row.trim().split(/\s+/);
    const address = [...Buffer.from(local.slice(0, 8), "hex")].toReversed().join(".");
    return state === LISTEN && address.startsWith(block) ? [address] : [];
  });
}

describe("faults in any order", () => {
  it.each(SEEDS)("leave nothing behind after clear, seed %d", async (seed) => {
    const random = xorshift(seed);
    let block = "127.";
    await withLocalEcs({ template: named("test-redis"), healthLag: 10 }, async (run) => {
      const { ecs } = run;
      block = ecs.hosts[0]?.address.replace(/\d+$/, "") ?? "";
      await ecs.waitUntilStable({ timeout: TIMEOUT });
      await play(run, random);
      for (const { id, status } of ecs.hosts) if (status === "DRAINING") ecs.activateHost(id);
      await ecs.waitUntilStable();
      expect(ecs.faults.active).toEqual([]);
      await expect.poll(() => written(ecs), { interval: 20 }).toEqual(["+OK", "+OK", "+OK", ""]);
      await within(ecs.close(), () => "close");
    });
    expect(listenersIn(block)).toEqual([]);
  });
});
