import { createInterface } from "node:readline/promises";
import { runProgram } from "../../command-line/run-program.ts";
import type { EnvironmentsInput } from "../../stacks/config/environment-schema.ts";
import { loadEnvironments } from "../../stacks/load-environments.ts";
import { rehearsalSettings, SetupError } from "./settings.ts";

// `npm run rehearse`: deploys an environment to an emulated AWS or to a disposable account, and destroys it.

const [file, ...args] = process.argv.slice(2);

await runProgram(
  async (signal) => {
    const environments = await loadEnvironments(file);
    const settings = rehearsalSettings(environments, args, process.env);
    signal.addEventListener("abort", () => {
      console.error("destroys what was made; press Ctrl-C again to leave it there");
    });
    // The stacks take seconds to load, so check the arguments first.
    const { rehearse } = await import("./rehearse.ts");
    const hasPassed = await rehearse(settings, {
      // rehearsalSettings() has parsed them.
      environments: environments as EnvironmentsInput,
      variables: process.env,
      folder: "rehearsals",
      print: console.log,
      confirm: (question) => confirm(question, signal),
      signal,
    });
    return hasPassed ? 0 : 1;
  },
  [SetupError],
);

async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) throw new SetupError("there is no terminal to ask; allowed: --yes");
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await lines.question(`${question} Only "yes" begins: `, { signal });
    return answer === "yes";
  } finally {
    lines.close();
  }
}
