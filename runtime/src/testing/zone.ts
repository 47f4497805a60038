import type { Packet } from "dns2";
import { canonicalName } from "../base/name.ts";
import { IN, OPT, typeNumber } from "../dns/codec.ts";
import { Rcode } from "../dns/message.ts";

type Resource = Packet["answers"][number];

/** The data of one record in a zone: the fields of its type, without owner, type and class. */
export type RecordData = Partial<Resource> & { ttl: number; additional?: Resource[] };

const CNAME = typeNumber("CNAME");
/** A chain of aliases longer than this is a loop. */
const MAX_ALIASES = 16;
/** Length of a message that the server accepts over UDP, in bytes. */
const UDP_SIZE = 4096;

export function resource(name: string, type: number, data: RecordData): Resource {
  const { additional: _additional, ...fields } = data;
  return { class: IN, ...fields, name, type } as Resource;
}

/** Whether a request or response has an EDNS record. */
export function hasEdns({ additionals }: Packet): boolean {
  return additionals.some(({ type }) => type === OPT);
}

/** The records of a test server, by canonical name and type. */
export class Zone {
  readonly #names = new Map<string, Map<number, RecordData[]>>();

  /** Replaces the records of one type. A name is either an alias or has other records, not both (RFC 1034). */
  set(name: string, type: number, records: RecordData[]): void {
    const key = canonicalName(name);
    const sets = this.#names.get(key) ?? new Map<number, RecordData[]>();
    if (type === CNAME) sets.clear();
    else sets.delete(CNAME);
    sets.set(type, records);
    this.#names.set(key, sets);
  }

  remove(name: string): void {
    this.#names.delete(canonicalName(name));
  }

  get(name: string, type: number): RecordData[] {
    return this.#names.get(canonicalName(name))?.get(type) ?? [];
  }

  /** A name exists if it, or a name below it, was set (empty non-terminals, RFC 8020). */
  exists(name: string): boolean {
    const key = canonicalName(name);
    if (this.#names.has(key)) return true;
    return [...this.#names.keys()].some((other) => other.endsWith(`.${key}`));
  }
}

/**
 * Completes the response to a request, like that of a recursive resolver: aliases are followed, additional
 * addresses are added, and negative answers have an SOA record.
 *
 * @param negativeTtl seconds, both TTL and MINIMUM of the SOA (RFC 2308 takes the lower of the two).
 */
export function answer(zone: Zone, request: Packet, response: Packet, negativeTtl: number): void {
  const rcode = rcodeOf(request);
  Object.assign(response.header, { aa: 1, ra: 1, rcode });
  if (hasEdns(request)) {
    const edns = { ttl: 0, class: UDP_SIZE, rdata: [] };
    response.additionals.push(resource("", OPT, edns));
  }
  const [question] = request.questions;
  if (question !== undefined && rcode === Rcode.NOERROR)
    fill(zone, response, question, negativeTtl);
}

function rcodeOf({ header, questions }: Packet): number {
  if (header.opcode !== 0) return Rcode.NOTIMP;
  if (questions.length !== 1) return Rcode.FORMERR;
  return questions[0]?.class === IN ? Rcode.NOERROR : Rcode.REFUSED;
}

function fill(
  zone: Zone,
  response: Packet,
  { name, type }: { name: string; type: number },
  negativeTtl: number,
): void {
  let owner = name;
  for (let aliases = 0; aliases < MAX_ALIASES; aliases++) {
    const [alias] = type === CNAME ? [] : zone.get(owner, CNAME);
    if (alias?.domain === undefined) break;
    response.answers.push(resource(owner, CNAME, alias));
    owner = alias.domain;
  }
  const found = zone.get(owner, type);
  for (const data of found) {
    response.answers.push(resource(owner, type, data));
    response.additionals.push(...(data.additional ?? []));
  }
  if (found.length > 0) return;
  if (!zone.exists(owner)) response.header.rcode = Rcode.NXDOMAIN;
  response.authorities.push(startOfAuthority(owner, negativeTtl));
}

/** The SOA record of the top-level label. */
function startOfAuthority(name: string, ttl: number): Resource {
  const apex = canonicalName(name).split(".").at(-1) ?? "";
  return resource(apex, typeNumber("SOA"), {
    ttl,
    primary: `ns.${apex}`,
    admin: `hostmaster.${apex}`,
    serial: 1,
    refresh: 3600,
    retry: 600,
    expiration: 86_400,
    minimum: ttl,
  });
}
