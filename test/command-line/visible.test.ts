import { expect, test } from "vitest";
import { visible, visibleJson, visibleLines } from "../../command-line/visible.ts";

test("untrusted text cannot move the cursor, end a line or reverse text", () => {
  expect(visible("a\u001b[2Jb\r\nc\u202ed")).toBe("a\uFFFD[2Jb\uFFFD\uFFFDc\uFFFDd");
});

test("a message keeps line ends and colours but no other control characters", () => {
  expect(visibleLines("\u001b[31m✗\u001b[39m one\n  two\u001b]0;title\u0007\r")).toBe(
    "\u001b[31m✗\u001b[39m one\n  two\uFFFD]0;title\uFFFD\uFFFD",
  );
});

test("a message hides nothing by a colour", () => {
  expect(visibleLines("\u001b[8mhidden\u001b[30;40m")).toBe("\uFFFD[8mhidden\uFFFD[30;40m");
});

test("JSON has the same value, in characters that move nothing", () => {
  const value = { name: "a\u001b[2J\u009b8m\n\u202e\u{e0001}" };
  const text = visibleJson(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toMatch(/^[ -~\n]*$/);
});
