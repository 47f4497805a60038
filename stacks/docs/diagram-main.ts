import { diagram } from "./diagram.ts";
import { loadEnvironments } from "../load-environments.ts";
import { templatesOf } from "./templates.ts";

// `npm run diagram [-- ENV]`: a Mermaid diagram of one environment, from its synthesized JSON.

const [, , file, chosen] = process.argv;
const environments = await loadEnvironments(file);
const name = chosen ?? Object.keys(environments)[0] ?? "";
const template = templatesOf(environments).get(name);
if (template === undefined) {
  console.error(`unknown environment "${name}": known are ${Object.keys(environments).join(", ")}`);
  process.exitCode = 1;
} else {
  console.log(diagram(template));
}
