import { canonical, RCODE, type DnsAnswer, type DnsResponder } from "./dns-records.ts";

interface Entry {
  readonly answer: DnsAnswer;
  readonly storedAt: number;
  /** Seconds. */
  readonly ttl: number;
}

/** A caching resolver for an authority. */
export interface CachingResolver {
  readonly respond: DnsResponder;
  /** Empties the cache. */
  flush(): void;
}

/**
 * Caches answers for their TTL, and negative answers for the SOA's TTL (RFC 2308 section 5). TTLs from the
 * cache count down, to 0 in the last second, as in Route 53.
 * @param clock milliseconds
 */
export function cachingResolver(
  authority: DnsResponder,
  clock: () => number = () => performance.now(),
): CachingResolver {
  const entries = new Map<string, Entry>();
  const respond: DnsResponder = (name, type) => {
    const key = `${canonical(name)} ${type}`;
    const known = entries.get(key);
    const age = known ? (clock() - known.storedAt) / 1000 : 0;
    if (known && age < known.ttl) return aged(known.answer, name, age);
    const answer = authority(name, type);
    const ttl = lifetime(answer);
    if (ttl > 0) entries.set(key, { answer, storedAt: clock(), ttl });
    else entries.delete(key);
    return answer;
  };
  return { respond, flush: () => entries.clear() };
}

/** Seconds that an answer may be cached; failures are not cached. */
function lifetime({ rcode, answers, authorities }: DnsAnswer): number {
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return 0;
  if (answers.length > 0) return Math.min(...answers.map(({ ttl }) => ttl));
  const [soa] = authorities;
  return soa?.type === "SOA" ? Math.min(soa.ttl, soa.minimum) : 0;
}

function aged({ rcode, answers, authorities }: DnsAnswer, name: string, age: number): DnsAnswer {
  const left = (ttl: number): number => Math.max(0, Math.floor(ttl - age));
  return {
    rcode,
    answers: answers.map((record) => ({ ...record, name, ttl: left(record.ttl) })),
    authorities: authorities.map((record) => ({ ...record, ttl: left(record.ttl) })),
  };
}
