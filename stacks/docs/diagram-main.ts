import { command, parse } from "../../command-line/arguments.ts";
import { chooseEnvironments } from "../config/choose-environments.ts";
import { loadEnvironments } from "../load-environments.ts";
import { runProgram } from "../../command-line/run-program.ts";

// `npm run diagram [-- ENV]`: a Mermaid diagram of one environment, from its synthesized JSON.

const [file, ...args] = process.argv.slice(2);
const program = command(
  "npm run diagram --",
  "Prints a Mermaid diagram of an environment, from its synthesized JSON.",
).argument("[env]", "the environment (default: the first)");

await runProgram(async () => {
  parse(program, args);
  const environments = await loadEnvironments(file);
  const [first = ""] = Object.keys(environments);
  const [chosen = first] = program.args;
  // The stacks take seconds to load, and a mistake in the arguments or in environments.ts needs none of them.
  chooseEnvironments(environments, [chosen]);
  const { diagram } = await import("./diagram.ts");
  const { templatesOf } = await import("./templates.ts");
  for (const template of templatesOf(environments, [chosen]).values()) {
    console.log(diagram(template));
  }
  return 0;
});
