import { expect, it } from "vitest";
import { ensureDefined } from "../../../stacks/config/ensure-defined.ts";

it("what is certain is taken as it is, and its absence is a defect that is named", () => {
  expect([ensureDefined(0, "port"), ensureDefined(null, "port")]).toEqual([0, null]);
  expect(() => ensureDefined(undefined, "port")).toThrow(new TypeError("there is no port"));
});
