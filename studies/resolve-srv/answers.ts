import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startDnsServer } from "../../runtime/src/testing.ts";
import { REPLY_KINDS } from "./replies.ts";

const NAME = "dev-redis.dev-ecs";
const ASK = fileURLToPath(new URL("ask.mjs", import.meta.url));
/** The built `resolveSrv` of srv-dialer, for a Node.js that does not run TypeScript. */
export const OURS = new URL("../../runtime/dist/dns.js", import.meta.url).href;
export const NODES = "node:dns/promises";
/** Milliseconds; Node.js waits up to 26 s for silent servers. */
const TIMEOUT = 60_000;

/** Records, or the code of the error and after how long it came. */
export type Answer =
  | { readonly records: readonly object[] }
  | { readonly code: string; readonly seconds: number };

/**
 * What `resolveSrv` of a module answers to each kind of reply. Each is asked in a process of its
 * own, as one bad reply makes c-ares end other queries too.
 *
 * @param node the program of the Node.js that runs it
 * @param module {@link OURS} or {@link NODES}
 */
export function answersOf(node: string, module: string): Promise<Answer[]> {
  const answers = REPLY_KINDS.map(async ({ arrange }) => {
    await using dns = await startDnsServer();
    arrange(dns, NAME);
    const args = [ASK, module, dns.address, NAME];
    const { stdout } = await promisify(execFile)(node, args, { timeout: TIMEOUT });
    return JSON.parse(stdout) as Answer;
  });
  return Promise.all(answers);
}
