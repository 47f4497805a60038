import { createInterface } from "node:readline/promises";
import { UsageError } from "../../command-line/arguments.ts";
import { runProgram } from "../../command-line/run-program.ts";
import { loadEnvironments } from "../../stacks/load-environments.ts";
import { rehearsalSettings } from "./settings.ts";

const [file, ...args] = process.argv.slice(2);

await runProgram(async (signal) => {
  const environments = await loadEnvironments(file);
  const settings = rehearsalSettings(environments, args, process.env);
  signal.addEventListener("abort", () => {
    console.error("destroys what was made; press Ctrl-C again to leave it there");
  });
  // The stacks take seconds to load, so check the arguments first.
  const { rehearse } = await import("./rehearse.ts");
  const hasPassed = await rehearse(settings, {
    variables: process.env,
    folder: "rehearsals",
    print: console.log,
    confirm: (question) => confirm(question, signal),
    signal,
  });
  return hasPassed ? 0 : 1;
});

async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError("there is no terminal to ask; allowed: --yes");
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = lines.question(`${question} Only "yes" begins: `, { signal });
  return (await answer.finally(() => lines.close())) === "yes";
}
