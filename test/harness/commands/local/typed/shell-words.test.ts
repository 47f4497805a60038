import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { shellWords } from "../../../../../harness/commands/local/typed/shell-words.ts";

it.each<[line: string, words: readonly string[]]>([
  ["", []],
  ["  \t ", []],
  [" exec  app ls ", ["exec", "app", "ls"]],
  ["sh -c 'echo \"a b\"; exit 7'", ["sh", "-c", 'echo "a b"; exit 7']],
  ['set key "two words"', ["set", "key", "two words"]],
  [String.raw`"a \" b" "c \d" a\ b`, ['a " b', String.raw`c \d`, "a b"]],
  [`a"b"'c'd ''`, ["abcd", ""]],
])("%j has the words of a shell", (line, words) => {
  expect(shellWords(line)).toEqual(words);
});

it.each([
  ["echo 'a b", "'a b: the quote ' has no end"],
  ['echo "a b', '"a b: the quote " has no end'],
  ["echo a\\", "\\: the backslash has no end"],
])("%j is refused", (line, message) => {
  expect(() => shellWords(line)).toThrow(message);
});

/** The words that a shell makes of a line. */
const ofShell = (line: string): string[] =>
  execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

it("any quoted words are those of a shell", () => {
  const plain = fc.stringMatching(/^[a-z -]{1,6}$/);
  const part = fc.oneof(
    fc.stringMatching(/^[a-z]{1,4}$/),
    plain.map((text) => `'${text}\\'`),
    plain.map((text) => `"${text}\\x\\""`),
    fc.constantFrom("\\ ", "\\a", "\\'", " "),
  );
  const lines = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => `a${parts.join("")}`);
  fc.assert(
    fc.property(lines, (line) => {
      expect(shellWords(line)).toEqual(ofShell(line));
    }),
  );
});
