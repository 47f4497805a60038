import * as fc from "fast-check";
import { describe, it } from "vitest";
import { expectSound } from "../support/sound.ts";
import { Synthesizer } from "../support/synthesized.ts";
import { hostileEnvironments } from "./environments.property.ts";

describe("environments in which anything stands anywhere", () => {
  it("are refused with the field, or are sound when they are synthesized", () => {
    using synthesizer = new Synthesizer();
    const property = hostileEnvironments((environments) => {
      Object.values(synthesizer.templatesOf(environments)).forEach(expectSound);
    });
    fc.assert(property);
  });
});
