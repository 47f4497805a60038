import { canonicalName } from "../base/name.ts";
import type { SrvAnswer, SrvTarget } from "../base/types.ts";
import type { RecordOf } from "./codec.ts";
import { type QuestionType, Rcode, type Reply } from "./message.ts";

/** Maximum number of targets of one answer; more would fit into a message. */
const MAX_TARGETS = 1_000;
/** Maximum number of aliases that are followed for one name; a longer chain counts as endless. */
export const MAX_ALIASES = 8;

/**
 * The records of a type in a reply for a name, after following its CNAMEs (RFC 1034, 3.6.2).
 *
 * @returns with `owner`, the name at the end of the CNAMEs, and the minimum TTL of all of them, in seconds
 * @throws if the chain of CNAMEs is too long, or a loop
 */
export function findRecords<K extends QuestionType>(reply: Reply, name: string, type: K) {
  let owner = canonicalName(name);
  let ttl = Number.POSITIVE_INFINITY;
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
    const records: RecordOf<K>[] = [];
    let alias: RecordOf<"CNAME"> | undefined;
    for (const record of reply.answers) {
      if (record.name !== owner) continue;
      if (record.type === type) records.push(record as RecordOf<K>);
      else if (record.type === "CNAME") alias ??= record;
    }
    if (records.length > 0 || alias === undefined) {
      return { owner, records, ttl: records.reduce((least, r) => Math.min(least, r.ttl), ttl) };
    }
    ttl = Math.min(ttl, alias.ttl);
    owner = alias.data.toLowerCase();
  }
  throw endlessAliases(name);
}

export function endlessAliases(name: string): Error {
  return new Error(`${name} leads through more than ${MAX_ALIASES} aliases`);
}

/** Whether a reply only refers to other servers; an empty answer has an SOA record, or nothing (RFC 2308, section 2.2). */
export function isReferral({ isAuthoritative, rcode, answers, authorities }: Reply): boolean {
  if (rcode !== Rcode.NOERROR || answers.length > 0 || isAuthoritative) return false;
  const types = authorities.map(({ type }) => type);
  return types.includes("NS") && !types.includes("SOA");
}

/** The targets of an SRV answer, with addresses from the additional section; `ttl` is the minimum of all, in seconds. */
export function toTargets(reply: Reply, records: readonly RecordOf<"SRV">[]): SrvAnswer {
  const addresses = addressesByName(reply);
  let ttl = Number.POSITIVE_INFINITY;
  const inOrder = records.toSorted((a, b) => a.data.priority - b.data.priority);
  const kept = records.length > MAX_TARGETS ? inOrder.slice(0, MAX_TARGETS) : records;
  const targets = kept.map((record): SrvTarget => {
    const { target: host, port, priority, weight } = record.data;
    const found = addresses.get(host.toLowerCase());
    ttl = Math.min(ttl, record.ttl, ...(found ?? []).map((address) => address.ttl));
    const fields = { host, port, priority, weight, ttl: record.ttl };
    return found === undefined ? fields : { ...fields, addresses: found.map(({ data }) => data) };
  });
  // A server may add the addresses of only one IP version.
  const partialAddresses = targets.some((target) => target.addresses !== undefined);
  return { targets, ttl, ...(partialAddresses && { partialAddresses }) };
}

function addressesByName(reply: Reply): Map<string, RecordOf<"A" | "AAAA">[]> {
  const byName = new Map<string, RecordOf<"A" | "AAAA">[]>();
  for (const record of reply.additionals) {
    if (record.type !== "A" && record.type !== "AAAA") continue;
    const addresses = byName.get(record.name) ?? [];
    byName.set(record.name, addresses);
    addresses.push(record);
  }
  return byName;
}

/** The TTL of a negative answer in seconds (RFC 2308, section 5); `fallback` if there is no SOA record. */
export function negativeTtl(reply: Reply, fallback: number): number {
  const soa = reply.authorities.find((record) => record.type === "SOA");
  return soa === undefined ? fallback : Math.min(soa.ttl, soa.data.minimum);
}
