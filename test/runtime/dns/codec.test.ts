import { isIP } from "node:net";
import { type Answer, encode } from "dns-packet";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type DnsRecord, Reader, encodeName } from "../../../runtime/src/dns/codec.ts";
import { pointerChain } from "../support/pointers.ts";

/** The longest name: 255 bytes with its lengths and its end. */
const LONGEST = "a.".repeat(127).slice(0, -1);

function read(bytes: Buffer, at = 0): string {
  return new Reader(bytes, at).name();
}

/** The records of one section. */
function recordsIn(answers: readonly Answer[]): DnsRecord[] {
  return new Reader(encode({ type: "response", answers: [...answers] }), 12).records(
    answers.length,
  );
}

/** A name with one label of these bytes. */
function nameOf(label: string | Uint8Array): Buffer {
  const bytes = Buffer.from(label);
  return Buffer.concat([Buffer.of(bytes.length), bytes, Buffer.from("\u0001c\0")]);
}

function withTtl(ttl: number): Answer {
  return { type: "CNAME", name: "a", ttl, data: "b" };
}

/** Addresses as numbers, and of an SOA record only what is read. */
function simplified({ type, name: owner, ttl: seconds, data }: DnsRecord): object {
  const common = { type, name: owner, ttl: seconds };
  if (type === "SOA") return { ...common, data: data.minimum };
  if (type !== "AAAA") return { ...common, data };
  expect(isIP(data)).toBe(6);
  return { ...common, data: encode({ answers: [{ type, name: "a", data }] }).toString("hex") };
}

/** The bytes of a label, and how they are written. */
const LABELS = [
  ["redis-1", "redis-1"],
  ["_redis", "_redis"],
  ["\u001b[2J\n", "\\027\\0912J\\010"],
  ["a\u0000\u007f", "a\\000\\127"],
  ["a.b", "a\\046b"],
  ["a\\010", "a\\092010"],
  ["é", "\\195\\169"],
] as const;

describe("a name", () => {
  it.each(LABELS)("with the label %j is read as %j", (label, shown) => {
    expect(read(nameOf(label))).toBe(`${shown}.c`);
  });

  it("is a dot for the root, and has no dot at its end otherwise", () => {
    expect(read(Buffer.of(0))).toBe(".");
    expect(encodeName("a.c.")).toEqual(nameOf("a"));
  });

  it("is refused before it is sent if no host has it", () => {
    const tooLong = [`${"a".repeat(64)}.b`, `${LONGEST}a`, "a.".repeat(1_000_000)];
    const odd = ["", ".", "..", "a..b", ".a", "a b", "é", "a\\046b", "10.0.0.1"];
    for (const name of [...tooLong, ...odd]) {
      expect(() => encodeName(name)).toThrow(/^".*" is not a DNS name$/);
    }
  });

  it("may have 255 bytes, also if all of them are escaped", () => {
    expect(encodeName(LONGEST)).toHaveLength(255);
    const bytes = Buffer.from("\u0001\0".repeat(127) + "\0");
    expect(read(bytes)).toHaveLength(127 * 5 - 1);
  });
});

describe("a compressed name", () => {
  it("ends with an earlier name, which may be the root", () => {
    const bytes = Buffer.from(
      "\0\u0001b\u0001c\0\u0001a\u00c0\u0001\u0001d\u00c0\0\u00c0\0",
      "latin1",
    );
    const reader = new Reader(bytes, 6);
    expect([reader.name(), reader.name(), reader.name()]).toEqual(["a.b.c", "d", "."]);
    expect(reader.at).toBe(bytes.length);
  });

  it.each([
    ["to itself", "\u00c0\0"],
    ["forward", "\u00c0\u0002\u0001a\0"],
    ["into itself", "\u0001a\u00c0\0"],
    ["cut off", "\u00c0"],
  ])("is refused if it points %s", (_where, text) => {
    expect(() => read(Buffer.from(text, "latin1"))).toThrow(RangeError);
  });

  it.each(["\u0001", "\u0001a", "\u0040", "\u0080\0"])("is refused if its label is %j", (text) => {
    expect(() => read(Buffer.from(text, "latin1"))).toThrow(RangeError);
  });

  it("may be at the end of 127 pointers, and not of more", () => {
    const bytes = Buffer.concat([encodeName("a.b"), pointerChain(129, 5, 0)]);
    expect(read(bytes, 5 + 126 * 2)).toBe("a.b");
    expect(() => read(bytes, 5 + 128 * 2)).toThrow("a wrong pointer");
  });

  it("is refused if it has more than 255 bytes", () => {
    const bytes = Buffer.concat([encodeName(LONGEST), Buffer.from("\u0001a\u00c0\0", "latin1")]);
    expect(read(bytes)).toBe(LONGEST);
    expect(() => read(bytes, 255)).toThrow("the name is too long");
  });
});

describe("the records of a message", () => {
  const label = fc.stringMatching(/^[a-z0-9_-]{1,63}$/);
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
  const uint16 = fc.nat(0xffff);
  const ttl = fc.nat(0x7fff_ffff);
  const of = <T extends string>(type: T, data: fc.Arbitrary<unknown>) =>
    fc.record({ type: fc.constant(type), name, ttl, data });
  const record = fc.oneof(
    of("A", fc.ipV4()),
    of("AAAA", fc.ipV6()),
    of("NS", name),
    of("CNAME", name),
    of("SRV", fc.record({ priority: uint16, weight: uint16, port: uint16, target: name })),
    of("SOA", fc.record({ mname: name, rname: name, minimum: ttl })),
  );

  it("are what another codec wrote", () => {
    fc.assert(
      fc.property(fc.array(record), (records) => {
        const found = recordsIn(records as Answer[]);
        expect(found.map(simplified)).toEqual(records.map((each) => simplified(each as DnsRecord)));
      }),
    );
  });

  it("are without those of other types and classes", () => {
    const a = { type: "A", name: "a.b", ttl: 1, data: "10.0.0.1" } as const;
    const others: Answer[] = [
      { type: "PTR", name: "a.b", data: "c.d" },
      { ...a, class: "CH" },
    ];
    expect(recordsIn([...others, a])).toEqual([a]);
  });

  it("have a TTL of 0 if its highest bit is set", () => {
    const found = recordsIn([withTtl(0x8000_0000), withTtl(0x7fff_ffff)]);
    expect(found.map((each) => each.ttl)).toEqual([0, 0x7fff_ffff]);
  });

  it.each(["::", "::1", "fd00::1", "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "::ffff:a00:1"])(
    "have the address %s in its short form",
    (address) => {
      const found = recordsIn([{ type: "AAAA", name: "a", data: address }]);
      expect(found).toMatchObject([{ data: address }]);
    },
  );
});
