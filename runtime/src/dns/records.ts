import type { Answer, SoaAnswer, SrvAnswer as SrvRecord, StringAnswer } from "dns-packet";
import { canonicalName, withoutTrailingDot } from "../name.ts";
import type { SrvTarget } from "../types.ts";
import type { QuestionType, Reply } from "./message.ts";

/** Targets of one answer that are kept: far more than anyone dials, far less than a message holds. */
const MAX_TARGETS = 1_000;

export type RecordOf<K extends QuestionType> = K extends "SRV" ? SrvRecord : StringAnswer;

export interface FoundRecords<T> {
  /** The name at the end of the CNAME chain, canonical: where the records are, or would be. */
  readonly owner: string;
  readonly records: readonly T[];
  /** Seconds; the least of the chain and the records. */
  readonly ttl: number;
}

/** The records of a type that a reply has for a name, after any CNAMEs in it (RFC 1034, 3.6.2). */
export function findRecords<K extends QuestionType>(
  reply: Reply,
  name: string,
  type: K,
): FoundRecords<RecordOf<K>> {
  let owner = canonicalName(name);
  let ttl = Number.POSITIVE_INFINITY;
  const seen = new Set<string>();
  for (;;) {
    const ofOwner = reply.answers.filter((record) => canonicalName(record.name) === owner);
    const records = ofOwner.filter((record): record is RecordOf<K> => record.type === type);
    if (records.length > 0) {
      return { owner, records, ttl: records.reduce((least, r) => Math.min(least, ttlOf(r)), ttl) };
    }
    const alias = ofOwner.find((record): record is StringAnswer => record.type === "CNAME");
    // A loop of aliases leads nowhere.
    if (alias === undefined || seen.has(owner)) return { owner, records: [], ttl };
    seen.add(owner);
    ttl = Math.min(ttl, ttlOf(alias));
    owner = canonicalName(alias.data);
  }
}

/** Targets of an SRV answer, with the addresses that the additional section has for them. */
export function toTargets(reply: Reply, records: readonly SrvRecord[]): SrvTarget[] {
  const addresses = additionalAddresses(reply);
  return records.slice(0, MAX_TARGETS).map((record) => {
    const { target, port, priority = 0, weight = 0 } = record.data;
    const host = withoutTrailingDot(target);
    const found = addresses.get(canonicalName(target));
    const fields = { host, port, priority, weight, ttl: ttlOf(record) };
    return found === undefined ? fields : { ...fields, addresses: found };
  });
}

function additionalAddresses(reply: Reply): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const record of reply.additionals) {
    if (record.type !== "A" && record.type !== "AAAA") continue;
    const name = canonicalName(record.name);
    byName.set(name, [...(byName.get(name) ?? []), record.data]);
  }
  return byName;
}

/** Seconds to believe that there is nothing: min(SOA TTL, SOA MINIMUM) (RFC 2308, section 5). */
export function negativeTtl(reply: Reply): number {
  const soa = reply.authorities.find((record): record is SoaAnswer => record.type === "SOA");
  return soa === undefined ? 0 : Math.min(ttlOf(soa), soa.data.minimum ?? 0);
}

/** A TTL with its highest bit set counts as 0 (RFC 2181, section 8). */
function ttlOf(record: Answer): number {
  const ttl = "ttl" in record ? (record.ttl ?? 0) : 0;
  return ttl > 0x7fff_ffff ? 0 : ttl;
}
