import { command, parse } from "../../command-line/arguments.ts";
import { runProgram } from "../../command-line/run-program.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import { parseEnvironments } from "../config/parse-environments.ts";
import { loadEnvironments } from "../load-environments.ts";
import { nameIn } from "./app-resources.ts";
import { type Plan, PlanError, readPlan } from "./plan.ts";
import { markdown, redisEffect, report } from "./report.ts";
import { isRelease, judge } from "./verdict.ts";

// `npm run gate`: fails unless a plan changes nothing, or only the app's own resources.

const REFUSED = 1;
const NOT_JUDGED = 2;

const [file, ...args] = process.argv.slice(2);
const program = command(
  "npm run gate --",
  "Exit 0: the plan changes nothing, or only the app's own resources. Exit 1: the plan is refused. Exit 2: the file is no plan, or the arguments or environments.ts are wrong.",
)
  .argument("<plan>", "a saved plan as JSON, written by terraform show -json")
  .option("--env <name>", "require a plan of this environment (default: found in the plan)")
  .option("--markdown", "print Markdown, for a job summary or a pull request");

/** @throws ConfigError for an unknown name; undefined when the plan belongs to no environment */
function chosen(all: readonly Environment[], plan: Plan, name: string | undefined) {
  const known = new Set(
    plan.resource_changes.map(({ change: { before, after } }) => nameIn(before ?? after)),
  );
  const found = all.find((each) =>
    name === undefined ? known.has(namesOf(each).app) : each.name === name,
  );
  if (found !== undefined || name === undefined) return found;
  const names = all.map((each) => each.name);
  throw ConfigError.unknownEnvironment(name, names);
}

let isRefused = false;
await runProgram(async () => {
  const { env, markdown: asMarkdown } = parse(program, args) as { env?: string; markdown?: true };
  const input = await loadEnvironments(file);
  const environments = parseEnvironments(input);
  const plan = readPlan(program.args[0] ?? "");
  const environment = chosen(environments, plan, env);
  // The stacks take a second to load, so check the arguments and the plan first.
  const { synthesized } = await import("./synthesized.ts");
  const names = environments.map(({ name }) => name).join(", ");
  const problems = [`belongs to none of the environments ${names}`];
  const module = environment ? synthesized(input, environment.name) : {};
  const verdict = environment
    ? judge(plan, environment, module)
    : { problems, changes: [], notes: [] };
  const redis = environment ? redisEffect(verdict, namesOf(environment).redis, module) : "unknown";
  const name = environment?.name ?? "unknown environment";
  console.log(asMarkdown ? markdown(verdict, name, redis) : report(verdict, name));
  isRefused = !isRelease(verdict);
  return isRefused ? REFUSED : 0;
}, [PlanError]);
if (process.exitCode === REFUSED && !isRefused) process.exitCode = NOT_JUDGED;
