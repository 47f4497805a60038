import { equal, match, ok } from "node:assert/strict";
import { cycle, danglingReferences, notBare } from "./references.ts";
import { all, type Template } from "./template.ts";

/** @throws {AssertionError} for a template that Terraform would refuse, or with CDKTF tokens */
export function expectValid(template: Template): void {
  equal(danglingReferences(template).join(), "");
  equal(notBare(template).join(), "");
  equal(cycle(template), undefined);
  ok(!/TfToken|TOKEN\[|e\+\d{2,}|\[object Object\]/.test(template.text), "a token is left");
  for (const [, definition] of all(template, "aws_ecs_task_definition")) {
    match(String(definition["container_definitions"]), /^\[/);
    JSON.parse(String(definition["container_definitions"]));
  }
}
