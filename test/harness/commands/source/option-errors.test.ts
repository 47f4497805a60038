import { expect, it } from "vitest";
import {
  asOptionError,
  asTemplateError,
} from "../../../../harness/commands/source/option-errors.ts";
import { HarnessError } from "../../../../harness/ecs/index.ts";

it("only an error in the template's content names the option", () => {
  const wrong = new HarnessError("ERR_TEMPLATE", "aws_vpc.x is declared twice");
  expect(asTemplateError(wrong)).toMatchObject({
    message: "error: option --template: aws_vpc.x is declared twice",
  });
  const platform = new HarnessError("ERR_PLATFORM", "no port is free");
  expect(asTemplateError(platform)).toMatchObject({ message: platform.message });
  expect(asOptionError("no error")).toBe("no error");
});
