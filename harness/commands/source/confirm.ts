import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { UsageError } from "../../../command-line/options.ts";

/** Where a question is asked. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * The commands of a plan are another's: they are shown before they run.
 * @throws UsageError where there is no terminal to ask in, and no `yes`
 */
export async function isAgreedTo(
  summary: string,
  { yes = false }: { readonly yes?: boolean },
  signal: AbortSignal,
  output: NodeJS.WritableStream = process.stdout,
): Promise<boolean> {
  output.write(`\n${summary}\n\n`);
  const { stdin: input } = process;
  return yes || confirmed("Run these commands on this machine?", { input, output }, signal);
}

/**
 * Asks before commands of a file run on this machine.
 * @returns whether they may
 * @throws UsageError where there is no terminal to ask in
 */
export async function confirmed(
  question: string,
  { input, output }: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  if (input.isTTY !== true) {
    throw new UsageError(
      "error: without a terminal, --yes is needed: the commands above run on this machine",
    );
  }
  const lines = createInterface({ input, output });
  // Ctrl-C, which it takes for itself.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const closed = once(lines, "close").then(() => "");
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
