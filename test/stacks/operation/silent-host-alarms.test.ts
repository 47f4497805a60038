import { describe, expect, it } from "vitest";
import { all, devWith, existingParts, external, one } from "../support/template.ts";

const alarms = { emails: ["oncall@example.com"] };
const template = devWith({ alarms });
const ids = (given: typeof template): string[] =>
  all(given, "aws_cloudwatch_metric_alarm").map(([id]) => id.replace("operation_alarms_", ""));

function of(namespace: string, metric_name: string, stat: string): object {
  return {
    return_data: false,
    metric: {
      namespace,
      metric_name,
      stat,
      period: 60,
      dimensions: { ClusterName: "dev", ServiceName: "dev-redis" },
    },
  };
}

describe("a silent host", () => {
  it("is reported while ECS still counts its Redis as running", () => {
    const silent = one(
      template,
      "aws_cloudwatch_metric_alarm",
      "operation_alarms_redis_host_silent",
    );
    expect(silent).toMatchObject({
      comparison_operator: "GreaterThanThreshold",
      threshold: 0,
      evaluation_periods: 10,
      treat_missing_data: "notBreaching",
      metric_query: [
        {
          expression: "IF(FILL(running, 0) >= 1 AND FILL(reports, 0) < 1, 1, 0)",
          return_data: true,
        },
        { id: "running", ...of("ECS/ContainerInsights", "RunningTaskCount", "Maximum") },
        { id: "reports", ...of("AWS/ECS", "MemoryUtilization", "SampleCount") },
      ],
    });
  });

  it("is reported when EC2's status checks fail", () => {
    expect(
      one(template, "aws_cloudwatch_metric_alarm", "operation_alarms_hosts_failed_checks"),
    ).toMatchObject({
      namespace: "AWS/EC2",
      metric_name: "StatusCheckFailed",
      statistic: "Maximum",
      dimensions: { AutoScalingGroupName: "dev-hosts" },
      threshold: 0,
      evaluation_periods: 5,
    });
    expect(one(template, "aws_autoscaling_group")["name"]).toBe("dev-hosts");
  });

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
