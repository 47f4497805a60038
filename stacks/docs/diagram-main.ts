import { ConfigError } from "../config/config-error.ts";
import { exitCodeOf } from "../exit-code.ts";
import { loadEnvironments } from "../load-environments.ts";
import { diagram } from "./diagram.ts";
import { templatesOf } from "./templates.ts";

// `npm run diagram [-- ENV]`: a Mermaid diagram of one environment, from its synthesized JSON.

const [, , file, chosen] = process.argv;
try {
  const environments = await loadEnvironments(file);
  const [first = ""] = Object.keys(environments);
  for (const template of templatesOf(environments, [chosen ?? first]).values()) {
    console.log(diagram(template));
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = exitCodeOf(error);
}
