import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { type MovingRedis, movingRedis } from "../../harness/ecs/testing.ts";
import type { Client, SettingsKind, Way } from "./clients.ts";
import { type Fault, type FaultName, faults } from "./faults.ts";
import { pathTo } from "./path.ts";
import { Program } from "./program.ts";

/** One client, in one way. */
export interface Row {
  readonly client: Client;
  readonly way: Way;
  readonly settings: SettingsKind;
}

/** What one fault cost. */
export interface Cost {
  readonly fault: FaultName;
  /** ms from the moment in which Redis could be reached until the first success; null: none in {@link PATIENCE}. */
  readonly recovery: number | null;
  /** Operations that failed. */
  readonly failed: number;
  /** The errors that the user sees, without addresses. */
  readonly errors: readonly string[];
}

export interface RoundResult {
  readonly costs: readonly Cost[];
  /** Operations that were done more than once. */
  readonly twice: number;
}

/** ms. */
export const PATIENCE = 60_000;
const START_TIMEOUT = 30_000;
/** ms of undisturbed operations before each fault. */
const REST = 1_000;

/** Measures one row with a Redis of its own. @param place a number that no other running round has */
export async function measure(
  row: Row,
  place: number,
  random: () => number,
  signal: AbortSignal,
): Promise<RoundResult> {
  await using redis = await movingRedis({ password: "", samePort: row.way === "a" });
  await using path = await pathTo(redis, row.way, place);
  const { WAY, SETTINGS } = { WAY: row.way, SETTINGS: row.settings };
  const env = { ...path.env, NAME: redis.name, DNS: redis.dns, WAY, SETTINGS };
  const start = (): Promise<Program> => started(path.command(row.client.command), env, signal);
  const costs: Cost[] = [];
  let twice = 0;
  let program = await start();
  try {
    for (const fault of inRandomOrder(random)) {
      await sleep(REST, undefined, { signal });
      const cost = await costOf(fault, redis, program, signal);
      costs.push(cost);
      await fault.end?.(redis);
      const isWell = cost.recovery !== null && (await isSteady(program, signal));
      if (isWell) continue;
      // What has not recovered would spoil the next fault.
      twice += await doneTwice(program, redis);
      await program[Symbol.asyncDispose]();
      program = await start();
    }
    twice += await doneTwice(program, redis);
  } finally {
    await program[Symbol.asyncDispose]();
  }
  return { costs, twice };
}

function inRandomOrder(random: () => number): Fault[] {
  const all = faults.flatMap((fault) => Array.from({ length: fault.times }, () => fault));
  return all
    .map((fault) => ({ fault, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ fault }) => fault);
}

async function costOf(
  fault: Fault,
  redis: MovingRedis,
  program: Program,
  signal: AbortSignal,
): Promise<Cost> {
  const before = program.operations.length;
  await fault.begin(redis);
  const back = Date.now();
  const first = await program.until(
    ({ end, outcome }) => end >= back && outcome === "ok",
    PATIENCE,
    signal,
  );
  // Operations that still fail after the first success belong to the fault.
  await sleep(REST, undefined, { signal });
  const failed = program.operations.slice(before).filter(({ outcome }) => outcome !== "ok");
  const errors = new Set(failed.map(({ outcome }) => withoutAddresses(outcome)));
  if (program.hasEnded) errors.add(`the program has ended: ${program.complaints}`);
  return {
    fault: fault.name,
    recovery: first === undefined ? null : first.end - back,
    failed: failed.length,
    errors: [...errors],
  };
}

/** Whether an operation that began now succeeds soon. */
async function isSteady(program: Program, signal: AbortSignal): Promise<boolean> {
  const now = Date.now();
  const next = await program.until(({ begin }) => begin >= now, 10_000, signal);
  return next?.outcome === "ok";
}

const withoutAddresses = (text: string): string =>
  text
    .replaceAll(/127(\.\d+){3}/g, "ADDRESS")
    .replaceAll(/(ADDRESS|redis\.moving|localhost)[:/]\d+/g, "$1:PORT")
    .replaceAll(/\bop:\d+/g, "KEY")
    .replaceAll(/\d{4,}/g, "N")
    .slice(0, 200);

/** How many of its operations Redis has done more than once. */
async function doneTwice({ operations }: Program, { target }: MovingRedis): Promise<number> {
  const client = new Redis({ ...target, maxRetriesPerRequest: 1 });
  client.on("error", () => {});
  try {
    const values = await client.mget(operations.map(({ number }) => `op:${number}`));
    // Another program begins with the same numbers.
    await client.flushall();
    return values.filter((value) => Number(value) > 1).length;
  } finally {
    client.disconnect();
  }
}

async function started(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Program> {
  const program = new Program(command, env);
  const first = await program.until(({ outcome }) => outcome === "ok", START_TIMEOUT, signal);
  if (first !== undefined) return program;
  const { complaints, operations } = program;
  await program[Symbol.asyncDispose]();
  throw new Error(`no success at its start: ${operations.at(-1)?.outcome ?? complaints}`);
}
