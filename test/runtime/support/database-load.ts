// Writers for a database that moves.
import { setTimeout as sleep } from "node:timers/promises";

import { startDnsServer } from "../../../runtime/src/testing.ts";
import { HOST, NAME } from "./dialing.ts";
import type { Database } from "./databases.ts";

/** A DNS name for a database. Its records have a TTL of 0. */
export async function startNameOf(database: Database, name = NAME) {
  const dns = await startDnsServer();
  const lead = (): void => dns.setSrv(name, { host: HOST, port: database.port, ttl: 0 });
  dns.setAddress(HOST, "127.0.0.1");
  lead();
  return {
    dns,
    [Symbol.asyncDispose]: () => dns.close(),
    /** No records exist until the new task runs, as in ECS. */
    async move() {
      dns.remove(name);
      await database.move();
      lead();
    },
  };
}

/** Milliseconds between two attempts of a writer after a failure. */
const PACE = 20;
const WRITERS = 3;
/** Number of writes before and after a move. */
const ENOUGH = 20;

/**
 * Writes rows with several writers while the database moves.
 *
 * @param write resolves when the row is acknowledged
 * @returns the acknowledged rows, and the number of failed writes
 */
export async function writeDuring(
  write: (row: number) => Promise<unknown>,
  move: () => Promise<void>,
): Promise<{ acknowledged: number[]; failed: number }> {
  const acknowledged: number[] = [];
  let [rows, failed, goal] = [0, 0, Infinity];
  const writer = async (): Promise<void> => {
    while (acknowledged.length < goal) {
      const row = ++rows;
      const isWritten = await write(row).then(
        () => true,
        () => false,
      );
      if (isWritten) acknowledged.push(row);
      else {
        failed++;
        await sleep(PACE);
      }
    }
  };
  const writing = Array.from({ length: WRITERS }, writer);
  while (acknowledged.length < ENOUGH) await sleep(PACE);
  await move();
  goal = acknowledged.length + ENOUGH;
  await Promise.all(writing);
  return { acknowledged, failed };
}
