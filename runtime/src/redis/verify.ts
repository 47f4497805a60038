import type { Socket } from "node:net";
import { Refusal } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { ping } from "./ping.ts";

/** How Redis turns a client away before it has asked for anything; shown as far as its sentence goes. */
const REFUSAL = /^(ERR max number of clients|DENIED)\b[\w +]*/;
/** What it says while it cannot serve yet: its data is loading, or a replica lacks its primary. */
const UNREADY = /^(LOADING|MASTERDOWN)\b/;

/**
 * Checks that what answers PING is Redis, and whether it can serve. NOAUTH, NOPERM and other errors
 * are for the client to handle: such a server is ready.
 *
 * @throws when it is not Redis; a Refusal when it refuses the client: another target may take it
 */
export async function verifyRedis(
  socket: Socket,
  lifetime: Lifetime,
): Promise<"ready" | "unready"> {
  const reply = await ping(socket, lifetime);
  const [refusal] = REFUSAL.exec(reply) ?? [];
  if (refusal !== undefined) throw new Refusal(`refuses the client: ${refusal.trim()}`);
  return UNREADY.test(reply) ? "unready" : "ready";
}
