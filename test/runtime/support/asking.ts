// Queries and servers for the tests of DNS exchanges.
import type { Question } from "../../../runtime/src/dns/message.ts";
import { type DnsServer, startDnsServer } from "../../../runtime/src/testing.ts";

export const QUESTION: Question = { name: "dev-redis.dev-ecs", type: "SRV" };
/** A server with one record for the question. */
export async function startServer(): Promise<DnsServer> {
  const server = await startDnsServer();
  server.setSrv(QUESTION.name, { host: "redis-1.dev-ecs", port: 6379 });
  return server;
}
