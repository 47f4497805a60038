import type { Socket } from "node:net";
import { Refusal } from "../base/errors.ts";
import { askRedis } from "./ping.ts";

/** Replies of Redis that refuse a new client; the match is the first sentence, which is shown. */
const REFUSAL = /^(ERR max number of clients|DENIED)\b[\w +]*/;
/** Replies while Redis cannot serve yet: it is loading its data, or a replica has no primary. */
const UNREADY = /^(LOADING|MASTERDOWN)\b/;

/** Whether Redis can serve; NOAUTH and the like are left to the client. @throws a Refusal if it refuses the client */
export async function verifyRedis(
  socket: Socket,
  { signal }: { readonly signal: AbortSignal },
): Promise<boolean> {
  const reply = await askRedis(socket, ["PING"], signal);
  const refusal = REFUSAL.exec(reply)?.[0];
  if (refusal !== undefined) throw new Refusal(`refuses the client: ${refusal.trim()}`);
  return !UNREADY.test(reply);
}
