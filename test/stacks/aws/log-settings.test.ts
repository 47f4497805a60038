import { describe, expect, it } from "vitest";
import { all, devWith, minimalEnvironment, protectedParts } from "../support/template.ts";

describe("every log group of an environment", () => {
  const network = { ...minimalEnvironment.network, flowLogs: true };

  it("has the configured retention and key", () => {
    const logKmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/0a1b";
    const groups = all(
      devWith({ network, logRetentionDays: 7, logKmsKeyArn }),
      "aws_cloudwatch_log_group",
    );
    expect(groups.map(([id]) => id)).toEqual(["app_log", "network_flow_log", "redis_log"]);
    for (const [, group] of groups) {
      expect(group).toMatchObject({
        retention_in_days: 7,
        kms_key_id: logKmsKeyArn,
        skip_destroy: false,
      });
    }
  });

  it("is kept when a protected environment is destroyed", () => {
    const groups = all(devWith({ ...protectedParts, network }), "aws_cloudwatch_log_group");
    expect(groups.map(([, group]) => group["skip_destroy"])).toEqual([true, true, true, true]);
  });
});
