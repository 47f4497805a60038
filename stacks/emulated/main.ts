import { CommanderError } from "commander";
import { ConfigError } from "../config/config-error.ts";
import type { EnvironmentsInput } from "../config/environment-schema.ts";
import { exitCodeOf } from "../exit-code.ts";
import { loadEnvironments } from "../load-environments.ts";
import { emulatedSettings } from "./settings.ts";
import { SetupError } from "./setup-error.ts";

// `npm run emulated`: an environment in an emulated AWS, from plan to destroy.

const [file, ...args] = process.argv.slice(2);

/**
 * npm passes on the Ctrl-C that the terminal sends to both, so one press is two signals: the time after the first in
 * which another is the same press, in milliseconds.
 */
const SAME_PRESS = 500;

/** Aborted by the first Ctrl-C or SIGTERM; the second ends the process, and Terraform with it. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  let first = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (interrupted.signal.aborted) {
        if (performance.now() - first > SAME_PRESS) process.exit(130);
        return;
      }
      first = performance.now();
      console.error(
        `interrupted by ${signal}: waiting for Terraform to end; once more ends it now`,
      );
      interrupted.abort(new Error(`interrupted by ${signal}`));
    });
  }
  return interrupted.signal;
}

async function main(signal: AbortSignal): Promise<number> {
  try {
    const environments = await loadEnvironments(file);
    const settings = emulatedSettings(environments, args, process.env);
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
  } catch (error) {
    if (signal.aborted) return 130;
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const isExpected = [SetupError, ConfigError, CommanderError].some(
      (kind) => error instanceof kind,
    );
    if (!isExpected) throw error;
    console.error(
      `error: ${String(Reflect.get(Object(error), "message")).replace(/^error: /, "")}`,
    );
    return exitCodeOf(error);
  }
}

process.exitCode = await main(interruption());
