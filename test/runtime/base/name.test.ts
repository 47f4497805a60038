import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { nameProblem, printable, serviceName } from "../../../runtime/src/base/name.ts";

const LABEL_63 = "a".repeat(63);
/** 253 characters, the maximum in a message. */
const LONGEST = `${LABEL_63}.${LABEL_63}.${LABEL_63}.${"b".repeat(61)}`;

describe("nameProblem", () => {
  it.each([
    "dev-redis.dev-ecs",
    "dev-redis.dev-ecs.",
    "_redis._tcp.example.com",
    "localhost",
    "UPPER.case",
    "1.2.3",
    `${LABEL_63}.example`,
    LONGEST,
    `${LONGEST}.`,
  ])("accepts %s", (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it.each([undefined, null, 1, {}, ["a.b"], ""])("asks for a name in place of %j", (name) => {
    expect(nameProblem(name)).toBe("a non-empty string such as dev-redis.dev-ecs");
  });

  it.each(["10.0.0.1", "::1", "fe80::1%eth0"])("refuses the IP address %s", (name) => {
    expect(nameProblem(name)).toBe("a name with SRV records, not an IP address");
  });

  it.each([".", "..", ".a", "a..b", "a.."])("refuses the empty label in %j", (name) => {
    expect(nameProblem(name)).toBe("a name without empty labels");
  });

  it.each(["redis://a.b", "a.b:6379", "a b", "a/b", "bücher.example", "a.b\n", "*.a", "a.b\0"])(
    "refuses %j, which has no place in a label",
    (name) => {
      expect(nameProblem(name)).toMatch(/^labels of letters, digits, hyphens and underscores/);
    },
  );

  it("limits a label to 63 characters and a name to 253", () => {
    expect(nameProblem(`a${LABEL_63}.b`)).toBe("labels of at most 63 characters");
    expect(nameProblem(`${LONGEST}b`)).toBe("a name of at most 253 characters");
    expect(nameProblem(`${LONGEST}b.`)).toBe("a name of at most 253 characters");
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything()), (name) => {
        expect(["string", "undefined"]).toContain(typeof nameProblem(name));
      }),
    );
  });
});

describe("serviceName", () => {
  it.each([
    ["_redis._tcp.example.com", "example.com"],
    ["_redis._tcp.example.com.", "example.com"],
    ["dev-redis.dev-ecs", "dev-redis.dev-ecs"],
    ["_tcp.a", "a"],
    ["a._tcp.b", "a._tcp.b"],
  ])("makes %s to %s", (name, service) => {
    expect(serviceName(name)).toBe(service);
  });
});

describe("printable", () => {
  it.each([
    ["a\nb\r\tc", String.raw`a\010b\013\009c`],
    ["\x1b[31mred", String.raw`\027[31mred`],
    ["\x9b31mred\x7f\x00", String.raw`\15531mred\127\000`],
    ["one\u2028two\u2029", String.raw`one\u{2028}two\u{2029}`],
    ["\u202egpj.exe\u2066\u200b\ufeff", String.raw`\u{202e}gpj.exe\u{2066}\u{200b}\u{feff}`],
    ["\u00a0\u3000\ud800 \u{e0041}", String.raw`\160\u{3000}\u{d800} \u{e0041}`],
  ])("escapes unprintable characters in %j", (text, escaped) => {
    expect(printable(text)).toBe(escaped);
  });

  it.each(["dev-redis.dev-ecs: connect ECONNREFUSED", "bücher “日本語” 👍", String.raw`a\010\.b`])(
    "leaves %s as it is",
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );

  it("does not change text that is already escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = printable(text);
        expect(printable(once)).toBe(once);
        expect(once).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
      }),
    );
  });
});
