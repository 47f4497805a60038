import * as fc from "fast-check";
import { describe, it } from "vitest";
import { anyArguments } from "./arguments.property.ts";

describe("createSrvDialer", () => {
  it("makes a dialer that can ask for its name, or says what is wrong, whatever it is given", () => {
    fc.assert(anyArguments());
  });
});
