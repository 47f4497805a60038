import { toError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import type { SrvTarget } from "../base/types.ts";
import { chase } from "../dns/chase.ts";
import { ErrorReply, Exchange } from "../dns/exchange.ts";
import { Rcode, negativeTtl, toTargets } from "../dns/message.ts";
import type { QueryOptions } from "../dns/query.ts";
import { settingsOf } from "../dns/resolver.ts";
import { stopwatch } from "./stopwatch.ts";

/** How often a silent server is asked. */
const TRIES = 2;

/** What one DNS server says of the name. */
export interface ServerCheck {
  /** `ip:port` */
  readonly server: string;
  /** Until its answer over UDP, in ms. */
  readonly time: number;
  /** Why there is no answer. */
  readonly error?: string;
  /** Whether it replied, if only with an error. */
  readonly replied: boolean;
  /** Why there are no targets, if it answers. */
  readonly denial?: "no such name" | "no SRV records";
  readonly targets: readonly SrvTarget[];
  /** How long it may answer "no records" from its cache, in seconds: from the zone's SOA record (RFC 2308, section 5). */
  readonly negativeTtl?: number;
  /** Whether it supports EDNS (RFC 6891). */
  readonly edns: boolean;
  /** Whether it compresses the targets of SRV records. */
  readonly compressed: boolean;
  /** Whether it answers over TCP. */
  readonly tcp: boolean;
}

/** @param timeout for each try, in ms */
export async function checkServer(
  server: string,
  name: string,
  timeout: number,
): Promise<ServerCheck> {
  const settings = settingsOf({ servers: [server], timeout, tries: TRIES });
  const udp = { ...settings, channels: new Map(), lifetime: new Lifetime(), unref: false };
  const tcp: QueryOptions = { ...udp, tries: 1, ask: askOverTcp };
  const elapsed = stopwatch();
  let time = 0;
  const answer = chase(name, "SRV", udp).finally(() => (time = elapsed()));
  const [srv, overTcp, soa] = await Promise.allSettled([
    answer,
    chase(name, "SRV", tcp),
    chase(name, "SOA", udp),
  ]);
  const common = { server, time, tcp: overTcp.status === "fulfilled" };
  if (srv.status === "rejected") {
    const reason = toError(srv.reason);
    const error = reason.message.replace(`${server}: `, "");
    // Without an answer there is one error for each server; else its aliases do not end.
    const replied = !(reason instanceof AggregateError) || reason.errors[0] instanceof ErrorReply;
    return { ...common, error, replied, targets: [], edns: false, compressed: false };
  }
  const { reply, records } = srv.value;
  const isUnknown = reply.rcode === Rcode.NXDOMAIN;
  return {
    ...common,
    replied: true,
    ...(records.length === 0 && { denial: isUnknown ? "no such name" : "no SRV records" }),
    ...(soa.status === "fulfilled" && ttlOf(soa.value)),
    targets: toTargets(reply, records).targets,
    edns: reply.hasEdns,
    compressed: reply.hasCompressedTargets,
  };
}

const askOverTcp: QueryOptions["ask"] = (question, server, options) =>
  new Exchange(question, server, { ...options, tcp: true });

/** The name may be that of the zone; else the SOA record is beside an empty answer. */
function ttlOf({ reply, records: [soa] }: Awaited<ReturnType<typeof chase<"SOA">>>) {
  const found = soa === undefined ? negativeTtl(reply, -1) : Math.min(soa.ttl, soa.data.minimum);
  return found === -1 ? {} : { negativeTtl: found };
}
