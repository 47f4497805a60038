import { discoveryRules } from "./discovery.ts";
import { ecsRules } from "./ecs.ts";
import { efsRules } from "./efs.ts";
import { elastiCacheRules } from "./elasticache.ts";
import { hostRules } from "./hosts.ts";
import { networkRules } from "./network.ts";
import { modeRules } from "./modes.ts";
import { operationRules } from "./operation.ts";
import { redisRules } from "./redis.ts";
import type { Rule, Subject } from "./rule.ts";
import type { RuleProblem } from "./rule-error.ts";
import { Template, type Body } from "./template.ts";
import { scheduleRules } from "./schedules.ts";
import { terraformRules } from "./terraform.ts";

/** Every rule, by the service it is about. */
export const rules: Readonly<Record<string, readonly Rule[]>> = {
  discovery: discoveryRules,
  network: networkRules,
  ecs: ecsRules,
  modes: modeRules,
  schedules: scheduleRules,
  hosts: hostRules,
  redis: redisRules,
  efs: efsRules,
  elasticache: elastiCacheRules,
  terraform: terraformRules,
  operation: operationRules,
};

const all = Object.values(rules).flat();

/**
 * Checks a synthesized environment against every rule.
 *
 * @param json its root module
 * @returns what does not hold, empty if all does
 */
export function brokenRules(json: Body, subject: Subject): RuleProblem[] {
  const template = new Template(json);
  return all.flatMap((rule) =>
    [...rule.check(template, subject)].map((finding) => ({
      environment: subject.name,
      rule,
      finding,
    })),
  );
}
