import { Packet } from "dns2";
import { canonicalName } from "../base/name.ts";
import { Rcode } from "../dns/message.ts";

type Resource = Packet["answers"][number];

/** The data of one record in a zone: the fields of its type, without owner, type and class. */
export type RecordData = Partial<Resource> & { ttl: number; additional?: Resource[] };

const { TYPE, CLASS } = Packet;

/** A chain of aliases longer than this is a loop. */
const MAX_ALIASES = 16;

export function resource(name: string, type: number, data: RecordData): Resource {
  const { additional: _additional, ...fields } = data;
  return new Packet.Resource({ ...fields, name, type, class: CLASS.IN });
}

/** The records of a test server, by canonical name and type. */
export class Zone {
  readonly #names = new Map<string, Map<number, RecordData[]>>();

  /** Replaces the records of one type. A name is either an alias or has other records, not both (RFC 1034). */
  set(name: string, type: number, records: RecordData[]): void {
    const key = canonicalName(name);
    const sets = this.#names.get(key) ?? new Map<number, RecordData[]>();
    if (type === TYPE.CNAME) sets.clear();
    else sets.delete(TYPE.CNAME);
    sets.set(type, records);
    this.#names.set(key, sets);
  }

  remove(name: string): void {
    this.#names.delete(canonicalName(name));
  }

  get(name: string, type: number): RecordData[] {
    const sets = this.#names.get(canonicalName(name));
    if (sets === undefined) return [];
    return type === TYPE.ANY ? [...sets.values()].flat() : (sets.get(type) ?? []);
  }

  /** A name exists if it, or a name below it, was set (empty non-terminals, RFC 8020). */
  exists(name: string): boolean {
    const key = canonicalName(name);
    if (this.#names.has(key)) return true;
    return [...this.#names.keys()].some((other) => other.endsWith(`.${key}`));
  }

  types(name: string): number[] {
    return [...(this.#names.get(canonicalName(name))?.keys() ?? [])];
  }
}

/**
 * The correct answer to a request, like that of a recursive resolver: aliases are followed, additional
 * addresses are added, and negative answers have an SOA record.
 *
 * @param negativeTtl seconds, both TTL and MINIMUM of the SOA (RFC 2308 takes the lower of the two).
 */
export function answer(zone: Zone, request: Packet, negativeTtl: number): Packet {
  const response = Packet.createResponseFromRequest(request);
  Object.assign(response.header, { aa: 1, ra: 1, rcode: rcodeOf(request) });
  if (request.additionals.some(({ type }) => type === TYPE.EDNS)) {
    response.additionals.push(Packet.Resource.EDNS([]));
  }
  const [question] = request.questions;
  if (question !== undefined && response.header.rcode === Rcode.NOERROR) {
    fill(zone, response, question, negativeTtl);
  }
  return response;
}

function rcodeOf({ header, questions }: Packet): number {
  if (header.opcode !== 0) return Rcode.NOTIMP;
  if (questions.length !== 1) return Rcode.FORMERR;
  return questions[0]?.class === CLASS.IN ? Rcode.NOERROR : Rcode.REFUSED;
}

function fill(
  zone: Zone,
  response: Packet,
  { name, type }: { name: string; type: number },
  negativeTtl: number,
): void {
  let owner = name;
  for (let aliases = 0; aliases < MAX_ALIASES && type !== TYPE.CNAME; aliases++) {
    const [alias] = zone.get(owner, TYPE.CNAME);
    if (alias?.domain === undefined) break;
    response.answers.push(resource(owner, TYPE.CNAME, alias));
    owner = alias.domain;
  }
  const found = type === TYPE.ANY ? zone.types(owner) : [type];
  for (const each of found) {
    for (const data of zone.get(owner, each)) {
      response.answers.push(resource(owner, each, data));
      response.additionals.push(...(data.additional ?? []));
    }
  }
  if (response.answers.some((record) => record.type !== TYPE.CNAME || type === TYPE.CNAME)) return;
  if (!zone.exists(owner)) response.header.rcode = Rcode.NXDOMAIN;
  response.authorities.push(startOfAuthority(owner, negativeTtl));
}

/** The SOA record of the top-level label. */
function startOfAuthority(name: string, ttl: number): Resource {
  const apex = canonicalName(name).split(".").at(-1) ?? "";
  return resource(apex, TYPE.SOA, {
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
