import { encode } from "dns-packet";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { hasPointerChain } from "../../../runtime/src/dns/compression.ts";
import { buildQuery, parseReply } from "../../../runtime/src/dns/message.ts";
import { QUESTION } from "../support/asking.ts";

const HEADER_BYTES = 12;
/** How far a pointer reaches (RFC 1035, section 4.1.4). */
const REACH = 0x3fff;

/** Pointers that each lead to the one before, the first of them to an offset. */
function chain(count: number, start: number, first: number): Buffer {
  const bytes = Buffer.alloc(count * 2);
  for (let index = 0; index < count; index++) {
    const target = index === 0 ? first : start + (index - 1) * 2;
    bytes.writeUInt16BE(0xc000 | target, index * 2);
  }
  return bytes;
}

/** A record of a private type (RFC 6895, section 3.1) whose owner is a pointer. */
function record(owner: number, data: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(0xc000 | owner, 0);
  header.writeUInt16BE(65_280, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(data.length, 10);
  return Buffer.concat([header, data]);
}

describe("hasPointerChain", () => {
  it.each([
    [127, false],
    [128, true],
    [8_000, true],
  ])("of %d pointers, each to the one before, says %j", (count, isChain) => {
    const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES + 1), chain(count, 13, 12)]);
    expect(hasPointerChain(bytes)).toBe(isChain);
  });

  it("takes none of many pointers to one name for a chain, nor one that leads to itself", () => {
    expect(hasPointerChain(Buffer.from("c00c".repeat(10_000), "hex"))).toBe(false);
    expect(hasPointerChain(Buffer.from("c000", "hex"))).toBe(false);
    expect(hasPointerChain(Buffer.alloc(65_535, 0xff))).toBe(false);
    expect(hasPointerChain(Buffer.alloc(0))).toBe(false);
  });

  it("takes no answer for a chain, whatever addresses are in it", () => {
    fc.assert(
      fc.property(fc.array(fc.ipV4(), { minLength: 1_000, maxLength: 2_000 }), (addresses) => {
        const answers = addresses.map((data) => ({ name: "a.b", type: "A" as const, data }));
        expect(hasPointerChain(encode({ type: "response", answers }))).toBe(false);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a reply of 64 KB full of pointers to pointers", () => {
  it("is refused, and takes no time", () => {
    const query = buildQuery(QUESTION, { edns: false });
    const head = Buffer.from(query.bytes);
    head.writeUInt16BE(0x8180, 2);
    const start = head.length + HEADER_BYTES;
    const count = Math.floor((REACH - start) / 2);
    const records = [record(HEADER_BYTES, chain(count, start, HEADER_BYTES))];
    for (let length = start + count * 2; length + 12 <= 0xffff; length += 12) {
      records.push(record(start + (count - 1) * 2, Buffer.alloc(0)));
    }
    head.writeUInt16BE(records.length, 6);
    const reply = Buffer.concat([head, ...records]);

    // To follow them all is the work of hundreds of milliseconds each time.
    const began = process.cpuUsage();
    for (let times = 0; times < 20; times++) expect(parseReply(reply, query)).toBeUndefined();
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });
});
