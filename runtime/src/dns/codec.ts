// The wire format of DNS messages (RFC 1035, section 4). Names are in presentation format (section 5.1), as dig prints
// them, without a trailing dot: they are safe to print, whatever bytes they have. A dot within a label is `\046`, so
// every dot separates two labels.
import { canonicalName, printable } from "../base/name.ts";

/** The class of the Internet. */
export const IN = 1;
/** The type of the EDNS record (RFC 6891, section 6.1). */
export const OPT = 41;

/** The record types that are read: their number, and how to read their data. */
const TYPES = {
  A: { number: 1, read: (from: Reader) => from.ipv4() },
  NS: { number: 2, read: (from: Reader) => from.name() },
  CNAME: { number: 5, read: (from: Reader) => from.name() },
  SOA: { number: 6, read: readSoa },
  AAAA: { number: 28, read: (from: Reader) => from.ipv6() }, // RFC 3596
  SRV: { number: 33, read: readSrv }, // RFC 2782
};

function readSoa(from: Reader) {
  from.name();
  from.name();
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

const BY_NUMBER = new Map(
  Object.entries(TYPES).map(([type, { number }]) => [number, type as RecordType]),
);

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
/** An escape in a name, and a dot after any number of escapes and other characters. */
const ESCAPE = /\\(\d{3}|.)/gs;
const UNESCAPED_DOT = /(?<=^(?:\\.|[^\\])*)\./s;

/**
 * Reads a message. Its methods throw if it is malformed. No message takes long: pointers lead backwards, and each name
 * is read once.
 */
export class Reader {
  /** The offset of what is read next. */
  at: number;
  /** The upper bits of the response code, from the EDNS record (RFC 6891, section 6.1.3). */
  extendedRcode = 0;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** The names that were read, by offset. */
  readonly #names = new Map<number, string>();

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  uint16(): number {
    return this.#view.getUint16((this.at += 2) - 2);
  }

  uint32(): number {
    return this.#view.getUint32((this.at += 4) - 4);
  }

  ipv4(): string {
    return this.#bytes.subarray(this.at, (this.at += 4)).join(".");
  }

  /** In its short form (RFC 5952), which the host of a URL has. */
  ipv6(): string {
    const groups = Array.from({ length: 8 }, () => this.uint16().toString(16));
    return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
  }

  /** @param depth how many pointers led here */
  name(depth = 0): string {
    const start = this.at;
    let name = "";
    for (;;) {
      const length = this.#view.getUint8(this.at++);
      if (length === 0) break;
      const isPointer = length >= POINTER;
      const part = isPointer ? this.#earlierName(length, start, depth) : this.#label(length);
      name = name === "" || part === "." ? name || part : `${name}.${part}`;
      if (isPointer) break;
    }
    if (name.length > MAX_NAME && name.replaceAll(ESCAPE, "?").length > MAX_NAME) {
      throw new RangeError("the name is too long");
    }
    name ||= ".";
    this.#names.set(start, name);
    return name;
  }

  /** The next records, without those of other types and classes. */
  records(count: number): DnsRecord[] {
    const records: DnsRecord[] = [];
    for (let left = count; left > 0; left--) {
      const record = this.#record();
      if (record !== undefined) records.push(record);
    }
    return records;
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

  #earlierName(high: number, start: number, depth: number): string {
    const target = ((high - POINTER) << 8) | this.#view.getUint8(this.at++);
    if (target >= start || depth === MAX_POINTERS) throw new RangeError("a wrong pointer");
    const known = this.#names.get(target);
    if (known !== undefined) return known;
    const { at } = this;
    this.at = target;
    const name = this.name(depth + 1);
    this.at = at;
    return name;
  }

  #label(length: number): string {
    const end = this.at + length;
    if (length > MAX_LABEL || end > this.#bytes.length) throw new RangeError("a wrong label");
    const label = this.#bytes.toString("latin1", this.at, end);
    this.at = end;
    if (/^[\w-]+$/.test(label)) return label;
    return label
      .replaceAll(/["$();@\\]/g, "\\$&")
      .replaceAll(/[^!-~]|\./g, (byte) => `\\${String(byte.charCodeAt(0)).padStart(3, "0")}`);
  }
}

/**
 * The bytes of a name in presentation format. Characters beyond ASCII are sent in UTF-8.
 *
 * @throws if it does not fit into a message
 */
export function encodeName(name: string): Buffer {
  // A character per byte. No name is longer than this, even if all its bytes are escaped.
  const text = Buffer.from(name.slice(0, 4 * MAX_NAME + 5)).toString("latin1");
  const labels = text.includes("\\")
    ? text.split(UNESCAPED_DOT).map((label) => label.replaceAll(ESCAPE, unescape))
    : text.split(".");
  // The trailing dot of an absolute name; the root has no other label.
  if (labels.length > 1 && labels.at(-1) === "") labels.pop();
  if (name === ".") labels.pop();
  const isEmpty = labels.includes("");
  const length = labels.join(".").length;
  if (isEmpty || length > MAX_NAME || labels.some((label) => label.length > MAX_LABEL)) {
    throw new Error(`"${printable(name.slice(0, 80))}" is not a DNS name`);
  }
  const lengths = labels.map((label) => String.fromCharCode(label.length) + label);
  return Buffer.from(`${lengths.join("")}\0`, "latin1");
}

/** @param escape without its backslash */
function unescape(_: string, escape: string): string {
  return escape.length === 1 ? escape : String.fromCharCode(Number(escape));
}

/** The form in which names are read, in lower case. */
export function canonical(name: string): string {
  if (/^[\w.-]+$/.test(name)) return canonicalName(name);
  return new Reader(encodeName(name)).name().toLowerCase();
}
