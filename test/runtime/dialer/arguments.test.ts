import * as fc from "fast-check";
import { describe, it } from "vitest";
import { anyArguments } from "./arguments.property.ts";

describe("createSrvDialer", () => {
  it("creates a working dialer, or says what is wrong, for every argument", () => {
    fc.assert(anyArguments());
  });
});
