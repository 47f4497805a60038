import { expect, it } from "vitest";
import { hasRepeatedFields } from "../../../stacks/gate/repeated-fields.ts";

it.each([
  ['[{"name":"app","memory":256}]', false],
  ['[{"name":"\\u0022x\\u0022: 1","value":"a:b"},{"name":"app"}]', false],
  ['[{"memory":65536,"memory":256}]', true],
  ['[{"memory":256,"Memory":null}]', true],
  ['[{"user":"app","u\\u017fer":""}]', true],
  ['[{"environment":[{"name":"A","name":"B"}]}]', true],
  ["[]", false],
])("%s: %s", (text, isRepeated) => {
  expect(hasRepeatedFields(text)).toBe(isRepeated);
});
