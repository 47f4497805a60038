import type { EnvironmentsInput } from "../../stacks/config/environment-schema.ts";
import { loadEnvironments } from "../../stacks/load-environments.ts";
import { runProgram } from "../../command-line/run-program.ts";
import { emulatedSettings } from "./settings.ts";
import { SetupError } from "./setup-error.ts";

// `npm run emulated`: deploys an environment to an emulated AWS, and destroys it.

const [file, ...args] = process.argv.slice(2);

await runProgram(
  async (signal) => {
    const environments = await loadEnvironments(file);
    const settings = emulatedSettings(environments, args, process.env);
    signal.addEventListener("abort", () => {
      console.error("waiting for Terraform to end; press Ctrl-C again to kill it");
    });
    // The stacks take seconds to load, so check the arguments first.
    const { runEmulated } = await import("./run-emulated.ts");
    const hasPassed = await runEmulated(settings, {
      // emulatedSettings() has parsed them.
      environments: environments as EnvironmentsInput,
      variables: process.env,
      print: console.log,
      signal,
    });
    return hasPassed ? 0 : 1;
  },
  [SetupError],
);
