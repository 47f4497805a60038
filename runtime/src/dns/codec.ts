// The wire format of DNS messages (RFC 1035, section 4). Names have no trailing dot. Bytes of a label that are not letters,
// digits, hyphens or underscores are written as `\046` (section 5.1): names are safe to print, and dots separate labels.
import { nameProblem, printable, withoutTrailingDot } from "../base/name.ts";

/** The class of the Internet. */
export const IN = 1;
/** The type of the EDNS record (RFC 6891, section 6.1). */
export const OPT = 41;

/** The record types that are read: their number, and how to read their data up to `end`. */
const TYPES = {
  A: { number: 1, read: (from: Reader) => from.ipv4() },
  NS: { number: 2, read: (from: Reader) => from.name() },
  CNAME: { number: 5, read: (from: Reader) => from.name() },
  SOA: { number: 6, read: readSoa },
  AAAA: { number: 28, read: (from: Reader) => from.ipv6() }, // RFC 3596
  SRV: { number: 33, read: readSrv }, // RFC 2782
};

function readSoa(from: Reader) {
  void [from.name(), from.name()];
  from.at += 16;
  return { minimum: from.uint32() };
}

function readSrv(from: Reader) {
  const [priority, weight, port] = [from.uint16(), from.uint16(), from.uint16()];
  return { priority, weight, port, target: from.name() };
}

export type RecordType = keyof typeof TYPES;

/** A record of the class IN. */
export type RecordOf<T extends RecordType> = T extends RecordType
  ? {
      readonly type: T;
      /** In lower case, as names are compared (RFC 4343). */
      readonly name: string;
      /** Seconds, up to 31 bits. */
      readonly ttl: number;
      readonly data: ReturnType<(typeof TYPES)[T]["read"]>;
    }
  : never;

export type DnsRecord = RecordOf<RecordType>;

const NAMES = Object.keys(TYPES) as RecordType[];
const BY_NUMBER = new Map(NAMES.map((type) => [TYPES[type].number, type]));

export function typeNumber(type: RecordType): number {
  return TYPES[type].number;
}

/** The two high bits that mark two bytes as a pointer to an earlier name (section 4.1.4). */
const POINTER = 0xc0;
/** How many pointers may lead to each other: no name has more labels. */
const MAX_POINTERS = 127;
/** Longest name and label in bytes (section 2.3.4): a name without its first length and its end. */
const MAX_NAME = 253;
const MAX_LABEL = 63;

/** Reads a message; throws if it is malformed. Pointers lead backwards and each name is read once, so it takes no time. */
export class Reader {
  /** The offset of what is read next. */
  at: number;
  /** The upper bits of the response code, from the EDNS record (RFC 6891, section 6.1.3). */
  extendedRcode = 0;
  readonly #bytes: Buffer;
  /** The names that were read, by offset. */
  readonly #names = new Map<number, string>();

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  uint16(): number {
    return this.#bytes.readUInt16BE((this.at += 2) - 2);
  }

  uint32(): number {
    return this.#bytes.readUInt32BE((this.at += 4) - 4);
  }

  ipv4(): string {
    return this.#bytes.subarray(this.at, (this.at += 4)).join(".");
  }

  /** In its short form (RFC 5952), which the host of a URL has. */
  ipv6(): string {
    const groups = Array.from({ length: 8 }, () => this.uint16().toString(16));
    return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
  }

  /** @param pointers how many led here */
  name(pointers = 0): string {
    const start = this.at;
    const labels: string[] = [];
    for (;;) {
      const length = this.#bytes.readUInt8(this.at++);
      if (length === 0) break;
      if (length >= POINTER) {
        const rest = this.#earlierName(length, start, pointers);
        if (rest !== ".") labels.push(rest);
        break;
      }
      labels.push(this.#label(length));
    }
    const name = labels.join(".") || ".";
    const { length: bytes } = name.replaceAll(/\\.../g, "?");
    if (bytes > MAX_NAME) throw new RangeError("the name is too long");
    this.#names.set(start, name);
    return name;
  }

  /** The next records, without those of other types and classes. */
  records(count: number): DnsRecord[] {
    return Array.from({ length: count }, () => this.#record()).filter((each) => each !== undefined);
  }

  #record(): DnsRecord | undefined {
    const name = this.name().toLowerCase();
    const number = this.uint16();
    const type = this.uint16() === IN ? BY_NUMBER.get(number) : undefined;
    const ttl = this.uint32();
    const length = this.uint16();
    const end = this.at + length;
    const data = type && TYPES[type].read(this);
    if (end > this.#bytes.length || (type !== undefined && this.at !== end)) {
      throw new RangeError("the data have another length");
    }
    this.at = end;
    if (number === OPT) this.extendedRcode = (ttl >>> 24) << 4;
    // A TTL with its highest bit set counts as 0 (RFC 2181, section 8).
    return type && ({ type, name, ttl: ttl > 0x7fff_ffff ? 0 : ttl, data } as DnsRecord);
  }

  #earlierName(high: number, start: number, pointers: number): string {
    const target = ((high - POINTER) << 8) | this.#bytes.readUInt8(this.at++);
    if (target >= start || pointers === MAX_POINTERS) throw new RangeError("a wrong pointer");
    const cached = this.#names.get(target);
    if (cached !== undefined) return cached;
    const { at } = this;
    this.at = target;
    const name = this.name(pointers + 1);
    this.at = at;
    return name;
  }

  #label(length: number): string {
    const end = this.at + length;
    if (length > MAX_LABEL || end > this.#bytes.length) throw new RangeError("a wrong label");
    const label = this.#bytes.toString("latin1", this.at, end);
    this.at = end;
    return label.replaceAll(/[^\w-]/g, escapeByte);
  }
}

const escapeByte = (byte: string) => `\\${String(byte.charCodeAt(0)).padStart(3, "0")}`;

/** @throws unless it is the name of a host or a service */
export function encodeName(name: string): Buffer {
  if (nameProblem(name) !== undefined) {
    throw new Error(`"${printable(name.slice(0, 80))}" is not a DNS name`);
  }
  const labels = [...withoutTrailingDot(name).split("."), ""];
  return Buffer.from(labels.map((label) => String.fromCharCode(label.length) + label).join(""));
}
