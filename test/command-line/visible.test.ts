import { expect, test } from "vitest";
import { visible, visibleLines } from "../../command-line/visible.ts";

test("untrusted text cannot move the cursor, end a line or reverse text", () => {
  expect(visible("a\u001b[2Jb\r\nc\u202ed")).toBe("a\uFFFD[2Jb\uFFFD\uFFFDc\uFFFDd");
});

test("a message keeps line ends and colours but no other control characters", () => {
  expect(visibleLines("\u001b[31m✗\u001b[39m one\n  two\u001b]0;title\u0007\r")).toBe(
    "\u001b[31m✗\u001b[39m one\n  two\uFFFD]0;title\uFFFD\uFFFD",
  );
});
