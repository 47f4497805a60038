import * as fc from "fast-check";
import { describe, it } from "vitest";
import { expectValid } from "../support/expect-valid.ts";
import { Synthesizer } from "../support/synthesized.ts";
import { hostileEnvironments } from "./environments.property.ts";

describe("environments with arbitrary values", () => {
  it("are refused with the field, or synthesize to a valid template", () => {
    using synthesizer = new Synthesizer();
    const property = hostileEnvironments((environments) => {
      Object.values(synthesizer.templatesOf(environments)).forEach(expectValid);
    });
    fc.assert(property);
  });
});
