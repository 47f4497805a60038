import { expect, test } from "vitest";
import type { FaultName } from "../../../harness/ecs/index.ts";
import { faultText } from "../../../harness/views/fault-text.ts";

const said = (fault: FaultName, target?: string): string => faultText({ fault, target });

test("a fault's text names its target", () => {
  expect(said("loseHost", "host-2")).toBe("host-2 is lost");
  expect(said("partition", "dev-redis")).toBe("the network to dev-redis is cut");
  expect(said("kill", "3dd8a4".padEnd(32, "0"))).toBe("task 3dd8a4 is killed");
  expect(said("dns", "nxdomain")).toBe("DNS denies the name (NXDOMAIN)");
  expect(said("cloudMapApi", "throttled")).toBe("the Cloud Map API is throttled");
  expect(said("slowStorage")).toBe("storage is slow");
});
