import { expect, it } from "vitest";
import {
  inTermsOfOptions,
  toldOfTemplate,
} from "../../../../harness/commands/source/error-terms.ts";
import { HarnessError } from "../../../../harness/ecs/index.ts";

it("only an error of a template names the option", () => {
  const wrong = new HarnessError("ERR_TEMPLATE", "aws_vpc.x is declared twice");
  expect(toldOfTemplate(wrong)).toMatchObject({
    message: "error: option --template: aws_vpc.x is declared twice",
  });
  const platform = new HarnessError("ERR_PLATFORM", "no port is free");
  expect(toldOfTemplate(platform)).toMatchObject({ message: platform.message });
  expect(inTermsOfOptions("no error")).toBe("no error");
});
