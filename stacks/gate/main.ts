import { command, parse, USAGE_ERROR } from "../../command-line/arguments.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import { parseEnvironments } from "../config/parse-environments.ts";
import { loadEnvironments } from "../load-environments.ts";
import { runProgram } from "../../command-line/run-program.ts";
import { servicesIn } from "./own-resources.ts";
import { type Plan, PlanError, readPlan } from "./plan.ts";
import { report } from "./report.ts";
import { isRelease, judge } from "./verdict.ts";

// `npm run gate`: fails unless a plan changes nothing, or only the app's own resources.

const [file, ...args] = process.argv.slice(2);
const program = command(
  "npm run gate --",
  "Exit 0: the plan changes nothing, or only the app's own resources. Exit 1: anything else.",
)
  .argument("<plan>", "a saved plan as JSON, written by terraform show -json")
  .option("--env <name>", "require a plan of this environment (default: found in the plan)");

/** @throws PlanError when the plan belongs to no environment, ConfigError for an unknown name */
function chosen(all: readonly Environment[], plan: Plan, name: string | undefined): Environment {
  const services = servicesIn(plan.resource_changes);
  const found = all.find((each) =>
    name === undefined ? services.includes(namesOf(each).app) : each.name === name,
  );
  if (found !== undefined) return found;
  const names = all.map((each) => each.name);
  if (name !== undefined) throw ConfigError.unknownEnvironment(name, names);
  throw new PlanError(`the plan belongs to none of the environments ${names.join(", ")}`);
}

await runProgram(async () => {
  const { env } = parse(program, args) as { env?: string };
  const environments = parseEnvironments(await loadEnvironments(file));
  const [path = ""] = program.args;
  const plan = readPlan(path);
  const environment = chosen(environments, plan, env);
  const verdict = judge(plan, environment);
  console.log(report(verdict, environment.name));
  return isRelease(verdict) ? 0 : 1;
}, [PlanError]);
// The gate documents only the exit codes 0 and 1.
if (process.exitCode === USAGE_ERROR) process.exitCode = 1;
