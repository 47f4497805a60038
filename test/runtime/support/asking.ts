// What the tests of DNS exchanges ask, and whom.
import type { Question } from "../../../runtime/src/dns/message.ts";
import { type DnsServer, startDnsServer } from "../../../runtime/src/testing.ts";

export const QUESTION: Question = { name: "dev-redis.dev-ecs", type: "SRV" };
/** Longer in ms than anything on loopback takes; short where silence is what is tested. */
export const PATIENCE = 10_000;
export const SHORT = 50;

/** A server that knows one record for the question. */
export async function startServer(): Promise<DnsServer> {
  const server = await startDnsServer();
  server.setSrv(QUESTION.name, { host: "redis-1.dev-ecs", port: 6379 });
  return server;
}
