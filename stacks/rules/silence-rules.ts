import { finding, type Rule } from "./rule.ts";
import { redisServicesOf } from "./tasks.ts";
import { at, blocks, type Resource } from "./template.ts";

const silentHostAlarm: Rule = {
  id: "silent-host-alarm",
  title:
    "An alarm is raised if ECS counts Redis as running but gets no metrics of it: ECS does not replace a host whose agent is silent",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html",
  remedy:
    "an alarm on the service's RunningTaskCount and on the SampleCount of its MemoryUtilization",
  *check(template) {
    const alarms = template.all("aws_cloudwatch_metric_alarm");
    if (alarms.length === 0) return;
    for (const service of redisServicesOf(template)) {
      const name = service.body["name"];
      if (!alarms.some((alarm) => isSilenceAlarm(alarm, name))) {
        yield finding(service, "name", "no alarm compares its running tasks with its metrics");
      }
    }
  },
};

function isSilenceAlarm({ body }: Resource, service: unknown): boolean {
  const watched = blocks(body["metric_query"])
    .map((query) => at(query, "metric"))
    .filter((metric) => at(metric, "dimensions.ServiceName") === service)
    .map((metric) => `${String(at(metric, "metric_name"))} ${String(at(metric, "stat"))}`);
  return (
    watched.includes("MemoryUtilization SampleCount") &&
    watched.some((each) => each.startsWith("RunningTaskCount "))
  );
}

/** Silent hosts. */
export const silenceRules: readonly Rule[] = [silentHostAlarm];
