import { CommanderError } from "commander";
import { expect, it } from "vitest";
import { ConfigError } from "../../stacks/config/config-error.ts";
import { exitCodeOf } from "../../stacks/exit-code.ts";

it.each([
  ["a help text", 0, new CommanderError(0, "commander.helpDisplayed", "")],
  ["an unknown option", 2, new CommanderError(1, "commander.unknownOption", "")],
  ["an unknown environment", 2, ConfigError.unknownEnvironment("qa", ["dev"])],
  ["a wrong environment", 1, ConfigError.invalid([])],
  ["what nobody expected", 1, new Error("bug")],
])("a command ends after %s with %i", (_what, code, error) => {
  expect(exitCodeOf(error)).toBe(code);
});
