import { expect, it } from "vitest";
import { attachOptions } from "../../../../../harness/commands/local/attach/options.ts";

it.each<[given: readonly string[], command: readonly string[]]>([
  [[], ["sh"]],
  [["redis-cli get 'a b'"], ["redis-cli", "get", "a b"]],
  [
    ["redis-cli", "get", "a b"],
    ["redis-cli", "get", "a b"],
  ],
])("the command of exec with %j", (given, command) => {
  expect(attachOptions(["exec", "app", ...given])).toEqual({
    does: "exec",
    target: "app",
    command,
  });
});

it("a command with an open quote is refused", () => {
  expect(() => attachOptions(["exec", "app", "echo 'x"])).toThrow("quote ' has no end");
});
