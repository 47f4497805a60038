import { agentRules } from "./agent-rules.ts";
import { discoveryRules } from "./discovery-rules.ts";
import { ecsRules } from "./ecs-rules.ts";
import { efsRules } from "./efs-rules.ts";
import { hostRules } from "./hosts-rules.ts";
import { networkRules } from "./network-rules.ts";
import { modeRules } from "./modes-rules.ts";
import { operationRules } from "./operation-rules.ts";
import { redisRecoveryRules } from "./redis-recovery-rules.ts";
import { redisRules } from "./redis-rules.ts";
import { roleRules } from "./roles-rules.ts";
import type { Rule, Subject } from "./rule.ts";
import type { RuleProblem } from "./rule-error.ts";
import { Template, type Body } from "./template.ts";
import { scheduleRules } from "./schedules-rules.ts";
import { silenceRules } from "./silence-rules.ts";
import { terraformRules } from "./terraform-rules.ts";

/** All rules by subject, which is the name of the file. */
export const rules: Readonly<Record<string, readonly Rule[]>> = {
  discovery: discoveryRules,
  network: networkRules,
  ecs: ecsRules,
  modes: modeRules,
  schedules: scheduleRules,
  roles: roleRules,
  hosts: hostRules,
  agent: agentRules,
  redis: redisRules,
  "redis-recovery": redisRecoveryRules,
  efs: efsRules,
  terraform: terraformRules,
  operation: operationRules,
  silence: silenceRules,
};

const all = Object.values(rules).flat();

/**
 * Checks a synthesized environment against every rule.
 *
 * @param json the environment's root module
 * @param subject `name`, `account`, `region` and `protected` of the environment
 * @returns broken rules with the place in the template; empty if there are none
 * @throws none
 * @example
 * const resource = { aws_efs_file_system: { data: { encrypted: false } } };
 * const subject = { ...settings, name: "games" };
 * const broken = brokenRules({ resource }, subject);
 * console.log(broken.some(({ finding }) => finding.field === "encrypted")); // true
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
