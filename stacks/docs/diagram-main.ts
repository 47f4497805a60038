import { ConfigError } from "../config/config-error.ts";
import { exitCodeOf } from "../exit-code.ts";
import { loadEnvironments } from "../load-environments.ts";
import { diagram } from "./diagram.ts";
import { templatesOf } from "./templates.ts";

// `npm run diagram [-- ENV]`: a Mermaid diagram of one environment, from its synthesized JSON.

const [, , file, chosen] = process.argv;
try {
  const environments = await loadEnvironments(file);
  const names = Object.keys(environments);
  const name = chosen ?? names[0] ?? "";
  const template = templatesOf(environments).get(name);
  if (template === undefined) throw ConfigError.unknownEnvironment(name, names);
  console.log(diagram(template));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = exitCodeOf(error);
}
