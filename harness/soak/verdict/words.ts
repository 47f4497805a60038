import type { Failure } from "../journal.ts";
import type { Operation } from "../history/operation.ts";
import { FINAL_READ, USERS } from "../final-read.ts";

/** An operation on one line: `soak:own-1:7  client 1  set 1.83  12.034 s to 12.036 s`. */
export function operationWords(operation: Operation): string {
  const { client, key, kind, start, end } = operation;
  const what = kind === "set" ? `set ${operation.value}` : kind;
  const reply =
    end === undefined ? "no reply" : kind === "set" ? "OK" : `→ ${operation.result ?? "nothing"}`;
  const until = end === undefined ? "" : ` to ${seconds(end)}`;
  return [key, who(client), `${what} ${reply}`, `${seconds(start)}${until}`].join("  ");
}

export const failureWords = (failed: Failure): string =>
  `${operationWords(failed)}: ${failed.failure.message} after ${failed.failure.after} ms`;

function who(client: number): string {
  if (client === USERS) return "a user";
  return client === FINAL_READ ? "at the end" : `client ${client}`;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(3)} s`;
