import { describe, expect, it } from "vitest";
import { brokenRules } from "../../../stacks/rules/index.ts";
import { silenceRules } from "../../../stacks/rules/silence-rules.ts";
import { type Break, testBreaks } from "../support/broken.ts";
import { devWith, minimalEnvironment } from "../support/template.ts";

const alarms = { emails: ["oncall@example.com"] };
const silent = "aws_cloudwatch_metric_alarm.operation_alarms_redis_host_silent";

type Metric = Record<string, unknown>;

/** Changes the metrics of the alarm: all, or those with a name. */
function changing(name: string | undefined, changes: Metric): Break {
  return [
    "silent-host-alarm",
    "aws_ecs_service.redis_service.name",
    ({ resource }) => {
      const queries = resource(silent)["metric_query"] as { metric?: Metric }[];
      const metrics = queries.flatMap(({ metric }) => (metric === undefined ? [] : [metric]));
      const chosen = metrics.filter((each) => name === undefined || each["metric_name"] === name);
      if (chosen.length === 0) throw new Error(`the alarm has no metric ${name}`);
      for (const metric of chosen) Object.assign(metric, changes);
    },
    { alarms, dashboard: false },
  ];
}

describe("the rules of silent hosts", () => {
  testBreaks(silenceRules, [
    changing("MemoryUtilization", { stat: "Average" }),
    changing("RunningTaskCount", { metric_name: "PendingTaskCount" }),
    changing(undefined, { dimensions: { ServiceName: "another" } }),
  ]);

  it("ignore an environment without alarms, and report a missing alarm otherwise", () => {
    const subject = { ...minimalEnvironment, name: "dev", protected: false };
    expect(brokenRules(devWith().json, subject)).toEqual([]);
    const json = structuredClone(devWith({ alarms, dashboard: false }).json) as Metric;
    const byType = json["resource"] as Record<string, Metric>;
    Reflect.deleteProperty(byType["aws_cloudwatch_metric_alarm"] ?? {}, silent.split(".")[1] ?? "");
    const found = brokenRules(json, subject).map(({ finding: { got } }) => got);
    expect(found).toContain("no alarm compares its running tasks with its metrics");
  });
});
