import type { Environment } from "../../stacks/config/environment-schema.ts";
import { type Body, Template } from "../../stacks/rules/template.ts";
import { lacking, REDIS_STEPS } from "./redis-steps.ts";

/** USD an hour, from docs/costs.md, which has their date. What is not here costs some cents. */
const HOSTS: Readonly<Record<string, number>> = { "t3.small": 0.025, "m7i.large": 0.105 };
const HOURLY: Readonly<Record<string, number>> = {
  aws_nat_gateway: 0.05,
  aws_lb: 0.035,
  aws_vpc_endpoint: 0.02,
};

/** USD for data, backups, logs and the zone of the namespace. */
const USE = 2;

/** Minutes of the steps of Terraform. */
const TERRAFORM = 45;

/** Price and duration of a rehearsal in an account. */
export function forecast(environment: Environment, module: Body): string {
  const { cluster } = environment;
  // One more host, since one is lost.
  const [type, hosts] = "name" in cluster ? ["", 0] : [cluster.instanceType, cluster.minHosts + 1];
  const parts = new Template(module).resources.map((each) => HOURLY[each.type] ?? 0);
  const hourly = parts.reduce((sum, each) => sum + each, (HOSTS[type] ?? 0) * hosts);
  const steps = REDIS_STEPS.filter((step) => lacking(step, environment) === undefined);
  const hours = steps.reduce((sum, { minutes }) => sum + minutes, TERRAFORM) / 60;
  const usd = Math.ceil(hourly * hours + USE);
  const without = type in HOSTS ? "" : `, without ${hosts} hosts ${type}`;
  return `about ${hours.toFixed(1)} hours and USD ${usd}${without} (docs/costs.md); what is left costs USD ${Math.ceil(hourly * 24)} a day`;
}
