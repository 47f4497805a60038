import { isIP } from "node:net";
import { type Answer, encode } from "dns-packet";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildQuery,
  findRecords,
  negativeTtl,
  parseReply,
  toTargets,
} from "../../../runtime/src/dns/message.ts";

const NAME = "dev-redis.dev-ecs";
const ID = 0x2a2a;
const TYPES = ["SRV", "A", "AAAA"] as const;
/** Offsets of the question, and of the records after it. */
const QUESTION_AT = 12;
const RECORDS_AT = QUESTION_AT + NAME.length + 2 + 4;
const LARGEST_TTL = 0x7fff_ffff;

const uint16 = fc.oneof(fc.nat(3), fc.nat(0xffff));
const names = fc.oneof(
  fc.constantFrom(NAME, "b.dev-ecs", "redis-1.dev-ecs", "DEV-REDIS.dev-ecs", "."),
  fc.stringMatching(/^[a-z]{1,63}$/),
);
const data: { [type: string]: fc.Arbitrary<unknown> } = {
  SRV: fc.record({ target: names, port: uint16, priority: uint16, weight: uint16 }),
  A: fc.ipV4(),
  AAAA: fc.constantFrom("::1", "fe80::1"),
  CNAME: names,
  NS: names,
  TXT: fc.array(fc.string({ maxLength: 9 }), { minLength: 1, maxLength: 3 }),
  SOA: fc.record({ mname: names, rname: names, serial: uint16, minimum: uint16 }),
};
const owner = fc.oneof({ weight: 4, arbitrary: fc.constant(NAME) }, names);
const ttl = fc.oneof(fc.nat(60), fc.constantFrom(LARGEST_TTL, 0x8000_0000, 0xffff_ffff));
const record = fc
  .constantFrom("SRV", "SRV", ...Object.keys(data))
  .chain((type) =>
    fc.record({ type: fc.constant(type), name: owner, ttl, data: data[type] ?? fc.constant("") }),
  );
const records = fc.oneof(fc.array(record, { maxLength: 3 }), fc.array(record, { maxLength: 30 }));
const flags = fc.oneof(
  { weight: 20, arbitrary: fc.constant(0x8180) },
  fc.constantFrom(0x8380, 0x8183, 0x8182, 0x0180, 0x9180),
);
/** Bytes that replace a similar number of others: counts, lengths, pointers, unknown types. */
const change = fc.record({
  at: fc.oneof(fc.nat(RECORDS_AT), fc.integer({ min: RECORDS_AT, max: 300 })),
  longer: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: -4, max: 4 })),
  bytes: fc.oneof(
    fc.constantFrom([0xc0, QUESTION_AT], [0xff, 0xff], [0, 0], [0x80, 0], [0xc0, RECORDS_AT]),
    fc.array(fc.nat(255), { maxLength: 8 }),
  ),
});
const sections = { answers: records, authorities: records, additionals: records };
const packets = fc.record({ type: fc.constantFrom(...TYPES), flags, ...sections });

/** Reads a reply as the resolver does. @throws if the result is neither a valid answer nor a documented error */
function expectRead(type: (typeof TYPES)[number], message: Buffer): void {
  const query = { ...buildQuery({ name: NAME, type }, { edns: true }), id: ID };
  const reply = parseReply(message, query);
  if (typeof reply !== "object") return;
  expect(message.readUInt16BE(0)).toBe(ID);
  expectTtl(negativeTtl(reply, 0));
  try {
    const found = findRecords(reply, NAME, type);
    if (found.records.length === 0) return;
    expectTtl(found.ttl);
    for (const each of found.records) {
      if (each.type === "SRV") expectTargets(toTargets(reply, [each]).targets);
      else expectAddresses([each.data]);
    }
  } catch (error) {
    if (!String(error).endsWith(" leads through more than 8 aliases")) throw error;
  }
}

/** Checks that targets are printable and can be dialed, and that TTLs fit into 31 bits. */
function expectTargets(targets: ReturnType<typeof toTargets>["targets"]): void {
  for (const { host, port, priority, weight, ttl: own, addresses = [] } of targets) {
    expect(host).toMatch(/^[!-~]+$/);
    for (const value of [port, priority, weight]) expect(value).toBe(value & 0xffff);
    expectTtl(own);
    expectAddresses(addresses);
  }
}

function expectAddresses(addresses: readonly string[]): void {
  expect(addresses.filter((address) => isIP(address) === 0)).toEqual([]);
}

const expectTtl = (value: number) => expect(value).toBe(value & LARGEST_TTL);

describe("a DNS reply", () => {
  it.each([
    [
      "claims 65 533 records, and has a text that is cut off",
      "2a2a81800001fffd00000001096465762d7265646973076465762d6563730000210001c00c001000010000000a000c096465762d616c69",
    ],
    [
      "claims 65 533 records, and has an SSHFP record with an unknown hash",
      "2a2a81800001fffd00000001096465762d7265646973076465762d6563730000210001c00c002100010000000a00070000000000000000002c04d0000000000000",
    ],
  ])("that %s is read, or ignored", (_, hex) => {
    expect(() => expectRead("SRV", Buffer.from(hex, "hex"))).not.toThrow();
  });

  it("with any change is read as a sound answer, or ignored", () => {
    fc.assert(
      fc.property(packets, fc.array(change, { maxLength: 3 }), ({ type, ...packet }, changes) => {
        const questions = [{ name: NAME, type, class: "IN" as const }];
        const whole = encode({
          ...(packet as { answers: Answer[] }),
          type: "response",
          id: ID,
          questions,
        });
        const message = changes.reduce<Buffer>((bytes, { at, longer, bytes: added }) => {
          const start = at % (bytes.length + 1);
          const rest = bytes.subarray(start + Math.max(0, added.length - longer));
          return Buffer.concat([bytes.subarray(0, start), Buffer.from(added), rest]);
        }, whole);
        expectRead(type, message);
      }),
    );
  });
});
