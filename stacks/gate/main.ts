import { command, parse } from "../../command-line/arguments.ts";
import { runProgram } from "../../command-line/run-program.ts";
import { chooseEnvironments } from "../config/choose-environments.ts";
import { namesOf } from "../config/names.ts";
import { loadEnvironments } from "../load-environments.ts";
import { nameIn } from "./expected.ts";
import { PlanError, readPlan } from "./plan.ts";
import { markdown, report } from "./report.ts";
import { isRelease, judge } from "./verdict.ts";

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

let isRefused = false;
await runProgram(async () => {
  const { env, markdown: asMarkdown } = parse(program, args) as { env?: string; markdown?: true };
  const input = await loadEnvironments(file);
  const chosen = chooseEnvironments(input, env === undefined ? [] : [env]);
  const plan = readPlan(program.args[0] ?? "");
  const names = plan.resource_changes.map(({ change }) => nameIn(change));
  const environment = chosen.find((each) => env !== undefined || names.includes(namesOf(each).app));
  // The stacks take a second to load, so check the arguments and the plan first.
  const { synthesizedText } = await import("../synthesize.ts");
  const known = chosen.map(({ name }) => name).join(", ");
  const verdict = environment
    ? judge(plan, environment, JSON.parse(synthesizedText(input, environment.name)))
    : { problems: [`belongs to none of the environments ${known}`], changes: [] };
  const print = asMarkdown ? markdown : report;
  console.log(print(verdict, environment?.name ?? "unknown environment"));
  isRefused = !isRelease(verdict);
  return isRefused ? REFUSED : 0;
}, [PlanError]);
if (process.exitCode === REFUSED && !isRefused) process.exitCode = NOT_JUDGED;
