import type { Answer, SoaAnswer, SrvAnswer as SrvRecord, StringAnswer } from "dns-packet";
import { canonicalName, withoutTrailingDot } from "../base/name.ts";
import type { SrvAnswer, SrvTarget } from "../base/types.ts";
import { type QuestionType, Rcode, type Reply } from "./message.ts";
import { toPresentation } from "./presentation.ts";

/** Maximum number of targets that are kept of one answer: far more than anybody dials, far fewer than fit into a message. */
const MAX_TARGETS = 1_000;
/** Maximum number of aliases that are followed for one name; a longer chain counts as endless. */
export const MAX_ALIASES = 8;

export type RecordOf<K extends QuestionType> = K extends "SRV" ? SrvRecord : StringAnswer;

export interface FoundRecords<T> {
  /** The canonical name at the end of the CNAME chain, where the records are or would be. */
  readonly owner: string;
  readonly records: readonly T[];
  /** Seconds; the minimum of the chain and the records. */
  readonly ttl: number;
}

/**
 * The records of a type in a reply for a name, after following its CNAMEs (RFC 1034, 3.6.2).
 *
 * @throws if the chain of CNAMEs is too long, or a loop
 */
export function findRecords<K extends QuestionType>(
  reply: Reply,
  name: string,
  type: K,
): FoundRecords<RecordOf<K>> {
  let owner = canonicalName(name);
  let ttl = Number.POSITIVE_INFINITY;
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
    const ofOwner = reply.answers.filter((record) => canonicalName(record.name) === owner);
    const records = ofOwner.filter((record): record is RecordOf<K> => record.type === type);
    if (records.length > 0) {
      return { owner, records, ttl: records.reduce((least, r) => Math.min(least, ttlOf(r)), ttl) };
    }
    const alias = ofOwner.find((record): record is StringAnswer => record.type === "CNAME");
    if (alias === undefined) return { owner, records: [], ttl };
    ttl = Math.min(ttl, ttlOf(alias));
    owner = canonicalName(alias.data);
  }
  throw endlessAliases(name);
}

export function endlessAliases(name: string): Error {
  return new Error(`${name} leads through more than ${MAX_ALIASES} aliases`);
}

/**
 * Whether a reply only refers to other servers. It comes from a server that is not responsible for the
 * name and does not ask others for us. An empty answer differs: it has an SOA record, or nothing (RFC
 * 2308, section 2.2).
 */
export function isReferral({ isAuthoritative, rcode, answers, authorities }: Reply): boolean {
  const has = (type: string): boolean => authorities.some((record) => record.type === type);
  const isEmpty = rcode === Rcode.NOERROR && answers.length === 0;
  return isEmpty && !isAuthoritative && has("NS") && !has("SOA");
}

/**
 * The targets of an SRV answer, with their addresses from the additional section.
 *
 * @returns with `ttl`, the minimum of the records and of the used addresses, in seconds
 */
export function toTargets(reply: Reply, records: readonly SrvRecord[]): SrvAnswer {
  const known = additionalAddresses(reply);
  let ttl = Number.POSITIVE_INFINITY;
  const targets = firstToDial(records).map((record): SrvTarget => {
    const { target, port, priority = 0, weight = 0 } = record.data;
    const found = known.get(canonicalName(target));
    ttl = Math.min(ttl, ttlOf(record), found?.ttl ?? ttl);
    const host = toPresentation(withoutTrailingDot(target));
    const fields = { host, port, priority, weight, ttl: ttlOf(record) };
    return found === undefined ? fields : { ...fields, addresses: found.addresses };
  });
  // A server may add the addresses of only one IP version.
  const hasAddresses = targets.some(({ addresses }) => addresses !== undefined);
  return hasAddresses ? { targets, ttl, partialAddresses: true } : { targets, ttl };
}

/** The records to keep: the first ones in dial order. */
function firstToDial(records: readonly SrvRecord[]): readonly SrvRecord[] {
  if (records.length <= MAX_TARGETS) return records;
  return records.toSorted((a, b) => priorityOf(a) - priorityOf(b)).slice(0, MAX_TARGETS);
}

function priorityOf({ data }: SrvRecord): number {
  return data.priority ?? 0;
}

function additionalAddresses(reply: Reply): Map<string, { addresses: string[]; ttl: number }> {
  const byName = new Map<string, { addresses: string[]; ttl: number }>();
  for (const record of reply.additionals) {
    if (record.type !== "A" && record.type !== "AAAA") continue;
    const name = canonicalName(record.name);
    const known = byName.get(name) ?? { addresses: [], ttl: Number.POSITIVE_INFINITY };
    known.addresses.push(record.data);
    known.ttl = Math.min(known.ttl, ttlOf(record));
    byName.set(name, known);
  }
  return byName;
}

/**
 * The TTL of a negative answer in seconds: min(SOA TTL, SOA MINIMUM) (RFC 2308, section 5).
 *
 * @param unknown the result if there is no SOA record
 */
export function negativeTtl(reply: Reply, unknown: number): number {
  const soa = reply.authorities.find((record): record is SoaAnswer => record.type === "SOA");
  return soa === undefined ? unknown : Math.min(ttlOf(soa), soa.data.minimum ?? 0);
}

/** A TTL with its highest bit set counts as 0 (RFC 2181, section 8). */
function ttlOf(record: Answer): number {
  const ttl = "ttl" in record ? (record.ttl ?? 0) : 0;
  return ttl > 0x7fff_ffff ? 0 : ttl;
}
