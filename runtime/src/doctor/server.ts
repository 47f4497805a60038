import { randomBytes } from "node:crypto";
import { systemClock } from "../base/clock.ts";
import { toError } from "../base/errors.ts";
import { Interruption, withDeadline } from "../base/lifetime.ts";
import type { SrvTarget } from "../base/types.ts";
import { ErrorReply } from "../dns/exchange.ts";
import { Rcode, toTargets } from "../dns/message.ts";
import { queryRecords } from "../dns/query.ts";
import { settingsOf } from "../dns/resolver.ts";
import { stopwatch } from "./endpoint.ts";

/** Milliseconds until a silent server is asked again. */
const EVERY = 1_000;

/** What one DNS server says of the name. */
export interface ServerCheck {
  /** `ip:port` */
  readonly server: string;
  /** Until its answer, in ms. */
  readonly time: number;
  readonly error?: string;
  /** Whether it replied, if only with an error. */
  readonly replied: boolean;
  /** Why there are no targets, if it answers. */
  readonly denial?: "no such name" | "no SRV records";
  readonly targets: readonly SrvTarget[];
  /** The zone of the name, from its SOA record. */
  readonly zone?: string;
  /** How long caches may answer "no records", in seconds: from the same record (RFC 2308, section 5). */
  readonly negativeTtl?: number;
}

/** @param timeout for all, in ms */
export async function checkServer(
  server: string,
  name: string,
  timeout: number,
): Promise<ServerCheck> {
  const settings = settingsOf({ servers: [server], timeout: EVERY, tries: 100 });
  const elapsed = stopwatch();
  let time = 0;
  const [srv, soa] = await withDeadline(timeout, systemClock, (lifetime) => {
    const options = { ...settings, channels: new Map(), lifetime, unref: false };
    const answer = queryRecords(name, "SRV", options).finally(() => (time = elapsed()));
    return Promise.allSettled([answer, queryRecords(neighbourOf(name), "SOA", options)]);
  });
  if (srv.status === "rejected") {
    const reason = toError(srv.reason);
    const isSilent = reason instanceof Interruption;
    const said = reason.message.replace(`${server}: `, "");
    const error = isSilent ? `no answer within ${timeout} ms` : said;
    // Without an answer there is one error for each server; else its aliases do not end.
    const isFailure = reason instanceof AggregateError && !(reason.errors[0] instanceof ErrorReply);
    const replied = !isSilent && !isFailure;
    return { server, time, error, replied, targets: [] };
  }
  const { reply, records } = srv.value;
  const isUnknown = reply.rcode === Rcode.NXDOMAIN;
  return {
    server,
    time,
    replied: true,
    ...(records.length === 0 && { denial: isUnknown ? "no such name" : "no SRV records" }),
    ...(soa.status === "fulfilled" && authorityOf(soa.value)),
    targets: toTargets(reply, records).targets,
  };
}

/** A name in the same zone that no cache knows: a cached SOA record shows only what is left of its TTL. */
function neighbourOf(name: string): string {
  const rest = name.replace(/^[^.]*/, "");
  return rest.length > 1 ? `srv-dialer-${randomBytes(4).toString("hex")}${rest}` : name;
}

/** The name may be that of the zone; else the SOA record is beside an empty answer. */
function authorityOf({ reply, records: [own] }: Awaited<ReturnType<typeof queryRecords<"SOA">>>) {
  const soa = own ?? reply.authorities.find((record) => record.type === "SOA");
  return soa && { zone: soa.name, negativeTtl: Math.min(soa.ttl, soa.data.minimum) };
}
