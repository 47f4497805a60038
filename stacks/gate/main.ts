import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/config-error.ts";
import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import { parseEnvironments } from "../config/parse-environments.ts";
import { loadEnvironments } from "../load-environments.ts";
import { servicesIn } from "./own-resources.ts";
import { type Plan, PlanError, readPlan } from "./plan.ts";
import { report } from "./report.ts";
import { isRelease, judge } from "./verdict.ts";

// `npm run gate`: fails unless a plan changes nothing, or only what is the app's own.

const [file, ...args] = process.argv.slice(2);
const program = new Command("npm run gate --")
  .description(
    "Exit 0: the plan changes nothing, or only what is the app's own. Exit 1: anything else.",
  )
  .argument("<plan>", "what terraform show -json writes of a saved plan")
  .option("--env <name>", "the environment whose plan it must be (default: the one that it has)")
  .allowExcessArguments(false)
  .exitOverride()
  .action(async (path: string, { env }: { env?: string }) => {
    const environments = parseEnvironments(await loadEnvironments(file));
    const plan = readPlan(path);
    const environment = chosen(environments, plan, env);
    const verdict = judge(plan, environment);
    console.log(report(verdict, environment.name));
    process.exitCode = isRelease(verdict) ? 0 : 1;
  });

/** @throws PlanError when the plan is of none of the environments, ConfigError for an unknown name */
function chosen(all: readonly Environment[], plan: Plan, name: string | undefined): Environment {
  const services = servicesIn(plan.resource_changes);
  const found = all.find((each) =>
    name === undefined ? services.includes(namesOf(each).app) : each.name === name,
  );
  if (found !== undefined) return found;
  const names = all.map((each) => each.name);
  if (name !== undefined) throw ConfigError.unknownEnvironment(name, names);
  throw new PlanError(`it is a plan of none of the environments ${names.join(", ")}`);
}

try {
  await program.parseAsync(args, { from: "user" });
} catch (error) {
  // Commander has said what is wrong with the arguments.
  if (error instanceof PlanError || error instanceof ConfigError) {
    console.error(`error: ${error.message}`);
  } else if (!(error instanceof CommanderError)) throw error;
  // A pipeline stops at 1, whatever the reason; a help text is none.
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 1;
}
