import { type Answer, encode } from "dns-packet";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { HEADER_BYTES, hasPointerChain, layoutOf } from "../../../runtime/src/dns/layout.ts";
import { pointerChain } from "../support/pointers.ts";

const ADDRESS: Answer = { type: "A", name: "a.b", ttl: 10, data: "10.0.0.1" };
const MESSAGE = encode({
  type: "response",
  questions: [{ name: "a.b", type: "A" }],
  answers: [ADDRESS],
  authorities: [{ type: "NS", name: "b", ttl: 10, data: "ns.b" }],
  additionals: [ADDRESS],
});

describe("layoutOf", () => {
  it("finds the type of every record, and the end of the last", () => {
    const layout = layoutOf(Buffer.concat([MESSAGE, Buffer.alloc(7)]));
    expect(layout?.types.map((at) => MESSAGE.readUInt16BE(at))).toEqual([1, 2, 1]);
    expect(layout?.end).toBe(MESSAGE.length);
  });

  it("continues after a pointer", () => {
    const bytes = Buffer.from("0000818000010001000000000161000001000100000001", "hex");
    const record = Buffer.from("c00c000100010000000a00047f000001", "hex");
    const message = Buffer.concat([bytes.subarray(0, 19), record]);
    expect(layoutOf(message)).toEqual({ types: [21], end: message.length });
  });

  it("is undefined for a message that is cut off anywhere", () => {
    for (let length = HEADER_BYTES; length < MESSAGE.length; length++) {
      expect(layoutOf(MESSAGE.subarray(0, length))).toBeUndefined();
    }
  });

  it("is undefined for more questions than there are, also without a record", () => {
    const message = encode({ type: "query", questions: [{ name: "a.b", type: "A" }] });
    expect(layoutOf(message)).toEqual({ types: [], end: message.length });
    message.writeUInt16BE(2, 4);
    expect(layoutOf(message)).toBeUndefined();
    message.writeUInt16BE(65_535, 4);
    expect(layoutOf(message)).toBeUndefined();
  });

  it("accepts a record without data", () => {
    const header = Buffer.from("000081800000000100000000", "hex");
    const record = Buffer.from("00ff000001000000000000", "hex");
    expect(layoutOf(Buffer.concat([header, record]))).toEqual({ types: [13], end: 23 });
  });

  it.each([4, 6, 8, 10])("is undefined for a count at byte %i that is too high", (at) => {
    for (const count of [2, 65_535]) {
      const message = Buffer.from(MESSAGE);
      message.writeUInt16BE(count, at);
      expect(layoutOf(message)).toBeUndefined();
    }
  });
});

describe("hasPointerChain", () => {
  it.each([
    [127, false],
    [128, true],
    [8_000, true],
  ])("is for %d pointers, each to the one before: %s", (count, isChain) => {
    const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES + 1), pointerChain(count, 13, 12)]);
    expect(hasPointerChain(bytes)).toBe(isChain);
  });

  it("is false for many pointers to one name, and for one to itself", () => {
    expect(hasPointerChain(Buffer.from("c00c".repeat(10_000), "hex"))).toBe(false);
    expect(hasPointerChain(Buffer.from("c000", "hex"))).toBe(false);
    expect(hasPointerChain(Buffer.alloc(65_535, 0xff))).toBe(false);
    expect(hasPointerChain(Buffer.alloc(0))).toBe(false);
  });

  it("ignores half a pointer at the end", () => {
    // The last of the 127 is at byte 256, the target of the pointer c1 00.
    const chain = pointerChain(127, 4, 0);
    const end = Buffer.from("c1", "hex");
    expect(hasPointerChain(Buffer.concat([Buffer.alloc(4), chain, end]))).toBe(false);
    const whole = Buffer.concat([Buffer.alloc(4), chain, end, Buffer.alloc(1)]);
    expect(hasPointerChain(whole)).toBe(true);
  });

  it("is false for a normal answer, with any addresses", () => {
    fc.assert(
      fc.property(fc.array(fc.ipV4(), { minLength: 1_000, maxLength: 2_000 }), (addresses) => {
        const answers = addresses.map((data) => ({ name: "a.b", type: "A" as const, data }));
        expect(hasPointerChain(encode({ type: "response", answers }))).toBe(false);
      }),
      { numRuns: 20 },
    );
  });
});
