import { describe, expect, it } from "vitest";
import { all, devWith, existingParts, external } from "../support/template.ts";

const alarms = { emails: ["oncall@example.com"] };
const template = devWith({ alarms });
const ids = (given: typeof template): string[] =>
  all(given, "aws_cloudwatch_metric_alarm").map(([id]) => id.replace("operation_alarms_", ""));

describe("a silent host", () => {
  it("of an existing cluster is detected only by its Redis", () => {
    const found = ids(devWith({ ...existingParts, alarms }));
    expect(found).toContain("redis_host_silent");
    expect(found).not.toContain("hosts_failed_checks");
  });

  it("is detected only by EC2's checks if Redis is not a service", () => {
    const found = ids(devWith({ ...external, alarms }));
    expect(found).not.toContain("redis_host_silent");
    expect(found).toContain("hosts_failed_checks");
  });
});
