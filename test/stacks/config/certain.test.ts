import { expect, it } from "vitest";
import { certain } from "../../../stacks/config/certain.ts";

it("what is certain is taken as it is, and its absence is a defect that is named", () => {
  expect([certain(0, "port"), certain(null, "port")]).toEqual([0, null]);
  expect(() => certain(undefined, "port")).toThrow(new TypeError("there is no port"));
});
