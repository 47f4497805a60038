import { describe } from "vitest";
import { silenceRules } from "../../../stacks/rules/silence-rules.ts";
import { testBreaks } from "../support/broken.ts";

const alarms = { emails: ["oncall@example.com"] };
const silent = "aws_cloudwatch_metric_alarm.operation_alarms_redis_host_silent";

describe("the rules of what falls silent", () => {
  testBreaks(silenceRules, [
    [
      "silent-host-told",
      "aws_ecs_service.redis_service.name",
      ({ resource }) => {
        const [, , reports] = resource(silent)["metric_query"] as { metric: object }[];
        Object.assign(reports?.metric ?? {}, { stat: "Average" });
      },
      { alarms, dashboard: false },
    ],
  ]);
});
