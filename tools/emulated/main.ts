import type { EnvironmentsInput } from "../../stacks/config/environment-schema.ts";
import { loadEnvironments } from "../../stacks/load-environments.ts";
import { runProgram } from "../../command-line/run-program.ts";
import { emulatedSettings } from "./settings.ts";
import { SetupError } from "./setup-error.ts";

// `npm run emulated`: an environment in an emulated AWS, from plan to destroy.

const [file, ...args] = process.argv.slice(2);

await runProgram(
  async (signal) => {
    const environments = await loadEnvironments(file);
    const settings = emulatedSettings(environments, args, process.env);
    signal.addEventListener("abort", () => {
      console.error("waiting for Terraform to end; once more ends it now");
    });
    // The stacks take seconds to load, and a mistake in the arguments needs none of them.
    const { runEmulated } = await import("./run-emulated.ts");
    const hasHeld = await runEmulated(settings, {
      // They have been parsed.
      environments: environments as EnvironmentsInput,
      variables: process.env,
      print: console.log,
      signal,
    });
    return hasHeld ? 0 : 1;
  },
  [SetupError],
);
