import { expect, it } from "vitest";
import {
  asOptionError,
  asTemplateError,
} from "../../../../../harness/commands/shared/options/option-errors.ts";
import { HarnessError } from "../../../../../harness/ecs/index.ts";

it("only an error in the template's content names the option", () => {
  const wrong = new HarnessError("ERR_TEMPLATE", "aws_vpc.x is declared twice");
  expect(asTemplateError(wrong)).toMatchObject({
    message: "error: option --template: aws_vpc.x is declared twice",
  });
  const platform = new HarnessError("ERR_PLATFORM", "no port is free");
  expect(asTemplateError(platform)).toMatchObject({ message: platform.message });
  expect(asOptionError("no error")).toBe("no error");
});

it("an error around another one keeps its hint, whatever the words of its message", () => {
  const inner = new HarnessError(
    "ERR_UNSUPPORTED",
    (words) => `no value, get it ${words({ option: "attributes", name: 'aws_lb.x["a b"].arn' })}`,
  );
  expect(inner).toMatchObject({
    message: 'no value, get it in the option attributes, "aws_lb.x["a b"].arn"',
    hints: [{ option: "attributes", name: 'aws_lb.x["a b"].arn' }],
  });
  const outer = new HarnessError(inner.code, (words) => `in a module: ${inner.inWords(words)}`);
  expect(asOptionError(outer)).toMatchObject({
    message: `error: in a module: no value, get it with --value 'aws_lb.x["a b"].arn=TEXT'`,
    cause: outer,
  });
});
