import { expect, test } from "vitest";
import { visible, visibleLines } from "../../command-line/visible.ts";

test("a text of someone else cannot move the cursor, end a line or turn text around", () => {
  expect(visible("a\u001b[2Jb\r\nc\u202ed")).toBe("a\uFFFD[2Jb\uFFFD\uFFFDc\uFFFDd");
});

test("a message of several lines keeps its lines and colours, and nothing else", () => {
  expect(visibleLines("\u001b[31m✗\u001b[39m one\n  two\u001b]0;title\u0007\r")).toBe(
    "\u001b[31m✗\u001b[39m one\n  two\uFFFD]0;title\uFFFD\uFFFD",
  );
});
