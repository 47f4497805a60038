import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fromPresentation, toPresentation } from "../../../runtime/src/dns/presentation.ts";

/** Names as the codec decodes them, and as dig prints them. */
const NAMES = [
  ["redis-1.dev-ecs", "redis-1.dev-ecs"],
  ["_redis._tcp.example.com", "_redis._tcp.example.com"],
  [".", "."],
  ["a\nb.c", "a\\010b.c"],
  ["\u001b[2J.c", "\\027[2J.c"],
  ["a\u0000\u007f.c", "a\\000\\127.c"],
  ["a b.c", "a\\032b.c"],
  ['a"b;c$d@e(f)g.h', 'a\\"b\\;c\\$d\\@e\\(f\\)g.h'],
  ["a\\010.b", "a\\\\010.b"],
  ["é.c", "\\195\\169.c"],
  ["💾.c", "\\240\\159\\146\\190.c"],
  ["a\u202eb.c", "a\\226\\128\\174b.c"],
  ["*!#%&'+,/:<=>?^`{|}~.c", "*!#%&'+,/:<=>?^`{|}~.c"],
] as const;

describe("a name in presentation format", () => {
  it.each(NAMES)("of %j is %j", (name, shown) => {
    expect(toPresentation(name)).toBe(shown);
    expect(fromPresentation(shown)).toBe(name);
  });

  it("is printable ASCII, and can be converted back", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xd7ff)), (codes) => {
        const name = String.fromCharCode(...codes);
        expect(toPresentation(name)).toMatch(/^[!-~]*$/);
        expect(fromPresentation(toPresentation(name))).toBe(name);
      }),
    );
  });

  it("is refused if it had bytes that are not UTF-8", () => {
    const shown = toPresentation(Buffer.from([0x61, 0xff]).toString());
    expect(shown).toBe("a\\239\\191\\189");
    expect(() => fromPresentation(shown)).toThrow(
      '"a\\239\\191\\189" cannot be looked up: it is not UTF-8',
    );
  });
});
