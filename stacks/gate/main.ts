import { command, parse } from "../../command-line/arguments.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Environment } from "../config/environment-schema.ts";
import { namesOf } from "../config/names.ts";
import { parseEnvironments } from "../config/parse-environments.ts";
import { loadEnvironments } from "../load-environments.ts";
import { runProgram } from "../../command-line/run-program.ts";
import { effectsOf } from "./effects.ts";
import { markdown } from "./markdown.ts";
import { servicesIn } from "./own-resources.ts";
import type { Plan } from "./plan-schema.ts";
import { PlanError, readPlan } from "./plan.ts";
import { report } from "./report.ts";
import { isRelease, judge, type Verdict } from "./verdict.ts";

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
  const services = servicesIn(plan.resource_changes);
  const found = all.find((each) =>
    name === undefined ? services.includes(namesOf(each).app) : each.name === name,
  );
  if (found !== undefined || name === undefined) return found;
  throw ConfigError.unknownEnvironment(
    name,
    all.map((each) => each.name),
  );
}

function ofNone(all: readonly Environment[]): Verdict {
  const names = all.map(({ name }) => name).join(", ");
  return { problems: [`belongs to none of the environments ${names}`], changes: [], notes: [] };
}

let isRefused = false;
await runProgram(async () => {
  const { env, markdown: asMarkdown } = parse(program, args) as { env?: string; markdown?: true };
  const input = await loadEnvironments(file);
  const environments = parseEnvironments(input);
  const [path = ""] = program.args;
  const plan = readPlan(path);
  const environment = chosen(environments, plan, env);
  // The stacks take a second to load, so check the arguments and the plan first.
  const { synthesized } = await import("./synthesized.ts");
  const template = environment && synthesized(input, environment.name);
  const verdict =
    environment && template ? judge(plan, environment, template) : ofNone(environments);
  const effects = environment && template && effectsOf(verdict, environment, template);
  const name = environment?.name ?? "unknown environment";
  console.log(asMarkdown ? markdown(verdict, name, effects) : report(verdict, name));
  isRefused = !isRelease(verdict);
  return isRefused ? REFUSED : 0;
}, [PlanError]);
if (process.exitCode === REFUSED && !isRefused) process.exitCode = NOT_JUDGED;
