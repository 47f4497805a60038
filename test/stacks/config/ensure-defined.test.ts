import { expect, it } from "vitest";
import { ensureDefined } from "../../../stacks/config/ensure-defined.ts";

it("ensureDefined returns a defined value, and throws for undefined", () => {
  expect([ensureDefined(0, "port"), ensureDefined(null, "port")]).toEqual([0, null]);
  expect(() => ensureDefined(undefined, "port")).toThrow(new TypeError("there is no port"));
});
