import { isIP } from "node:net";
import type { Packet } from "dns2";
import { checkInteger, checkOptions, invalidArg } from "../base/checks.ts";
import { canonicalName, nameProblem, withoutTrailingDot } from "../base/name.ts";
import { IN, type RecordType, typeNumber } from "../dns/codec.ts";
import { Rcode } from "../dns/message.ts";
import type { DnsServer, SrvRecord } from "./types.ts";

/** `additional`: the addresses that go with an SRV record. */
type Resource = Packet["answers"][number] & { additional?: Resource[] };

/** Seconds, also of answers without records: the TTL of SRV records in AWS Cloud Map's examples. */
const DEFAULT_TTL = 10;

/** The records of a test server, with the methods that change them; `answer` fills in a response. */
export function createZone(): Pick<DnsServer, "setSrv" | "setAddress" | "remove"> & {
  readonly answer: (response: Packet) => void;
} {
  /** In lower case. */
  const names = new Map<string, Record<"srv" | "addresses", Resource[]>>();

  function of(name: string) {
    const key = canonicalName(name);
    const records = names.get(key) ?? { srv: [], addresses: [] };
    names.set(key, records);
    return records;
  }

  return {
    setSrv(name, given) {
      const owner = checkName("name", name);
      const records = listOf(given).map((record: SrvRecord) => srvRecord(owner, record));
      of(owner).srv = records;
    },
    setAddress(name, ips, options = {}) {
      const owner = checkName("name", name);
      const addresses = checkAddresses(`address of ${owner}`, ips);
      checkOptions(options, ["ttl"]);
      const records = addressRecords(owner, addresses, checkTtl("ttl", options.ttl));
      of(owner).addresses = records;
    },
    remove(name) {
      names.delete(canonicalName(checkName("name", name)));
    },
    answer(response) {
      Object.assign(response.header, { aa: 1, ra: 1 });
      const [question] = response.questions;
      if (question === undefined) return;
      const key = canonicalName(question.name);
      const all = Object.values(names.get(key) ?? {}).flat();
      const found = all.filter(({ type }) => type === question.type);
      response.answers.push(...found);
      response.additionals.push(...found.flatMap(({ additional = [] }) => additional));
      if (found.length > 0) return;
      // A name also exists if a name below it does (RFC 8020).
      const exists = [...names.keys()].some((each) => each === key || each.endsWith(`.${key}`));
      if (!exists) response.header.rcode = Rcode.NXDOMAIN;
      response.authorities.push(startOfAuthority(key));
    },
  };
}

function resource(name: string, type: RecordType, ttl: number, data: object): Resource {
  return { ...data, class: IN, name, type: typeNumber(type), ttl } as Resource;
}

function srvRecord(name: string, record: SrvRecord): Resource {
  const fields = ["host", "port", "priority", "weight", "ttl", "addresses"];
  checkOptions(record, fields, `SRV record of ${name}`);
  const { port, priority = 0, weight = 0, addresses = [] } = record;
  const of = `of an SRV record of ${name}`;
  const numbers = Object.entries({ port, priority, weight }).map(([field, value]) => {
    return [field, checkInteger(`${field} ${of}`, value ?? null, 0, 0, 65_535)];
  });
  const target = record.host === "." ? "." : checkName(`host ${of}`, record.host);
  const ttl = checkTtl(`ttl ${of}`, record.ttl);
  const additional = addressRecords(target, checkAddresses(`addresses ${of}`, addresses), ttl);
  return resource(name, "SRV", ttl, { ...Object.fromEntries(numbers), target, additional });
}

function addressRecords(name: string, addresses: readonly string[], ttl: number): Resource[] {
  return addresses.map((address) =>
    resource(name, isIP(address) === 4 ? "A" : "AAAA", ttl, { address }),
  );
}

/** The SOA record of the top-level label. */
function startOfAuthority(name: string): Resource {
  const apex = name.split(".").at(-1) ?? "";
  const times = { refresh: 3600, retry: 600, expiration: 86_400, minimum: DEFAULT_TTL };
  const data = { primary: `ns.${apex}`, admin: `hostmaster.${apex}`, serial: 1, ...times };
  return resource(apex, "SOA", DEFAULT_TTL, data);
}

/** Seconds, 31 bits (RFC 2181, section 8). */
function checkTtl(what: string, value: unknown): number {
  return checkInteger(what, value, DEFAULT_TTL, 0, 2 ** 31 - 1);
}

/** The name without its trailing dot. A target may also be an IP address. */
function checkName(what: string, value: unknown): string {
  const isAddress = typeof value === "string" && isIP(value) !== 0;
  const problem = isAddress ? undefined : nameProblem(value);
  if (problem !== undefined) throw invalidArg(what, value, problem);
  return withoutTrailingDot(String(value));
}

/** IPv6 addresses are returned in the only form that dns2 can encode: without dotted parts. */
function checkAddresses(what: string, given: string | readonly string[]): string[] {
  return listOf(given).map((value: unknown) => {
    const family = typeof value === "string" ? isIP(value) : 0;
    if (typeof value !== "string" || family === 0 || value.includes("%")) {
      throw invalidArg(what, value, "an IPv4 or IPv6 address, or a list of them");
    }
    // A URL's host is normalized: "::ffff:127.0.0.1" becomes "::ffff:7f00:1".
    return family === 4 ? value : new URL(`http://[${value}]/`).hostname.slice(1, -1);
  });
}

const listOf = <T>(given: T | readonly T[]): readonly T[] => ([] as readonly T[]).concat(given);
