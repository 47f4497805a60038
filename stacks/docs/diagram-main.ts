import { environments } from "../../environments.ts";
import { templatesOf } from "./templates.ts";
import { diagram } from "./diagram.ts";

// `npm run diagram [-- ENV]`: a Mermaid diagram of one environment, from its synthesized JSON.

const [name = Object.keys(environments)[0] ?? ""] = process.argv.slice(2);
const template = templatesOf(environments).get(name);
if (template === undefined) {
  console.error(`unknown environment "${name}": known are ${Object.keys(environments).join(", ")}`);
  process.exitCode = 1;
} else {
  console.log(diagram(template));
}
