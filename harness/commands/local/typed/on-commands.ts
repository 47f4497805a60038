import type { LocalEcs } from "../../../ecs/index.ts";
import { messageOf } from "../../../../command-line/error-text.ts";
import { UsageError } from "../../../../command-line/options.ts";
import { type LocalDeployments, reportFailure } from "../deployments.ts";
import type { Ending } from "./ending.ts";
import { type CommandContext, runLine } from "./run-commands.ts";
import { type LineInput, onLines, type TypedLines } from "./typed-lines.ts";

interface Run {
  readonly ecs: LocalEcs;
  readonly deployments: LocalDeployments;
  readonly ending: Ending;
}

/**
 * Runs the commands of standard input, one per line. In a terminal, an error is printed and the run continues. In a
 * pipe or a file, a wrong command or a failed deployment ends the run, so that a script does not continue.
 */
export function onCommands(
  input: LineInput,
  { ecs, deployments, ending }: Run,
  hasTerminal?: () => boolean,
): TypedLines {
  const { signal } = ending;
  const context: CommandContext = {
    ecs,
    signal,
    print: console.log,
    // The next command does not wait for the deployment. `stable` waits.
    redeploy: (service) => {
      const deploying = deployments.again(service);
      if (lines.areTyped) void reportFailure(deploying, signal);
      else deploying.catch((error: unknown) => ending.fail(error));
    },
    apply: () => {
      const deploying = deployments.apply(signal);
      if (lines.areTyped) void reportFailure(deploying, signal);
      else deploying.catch((error: unknown) => ending.fail(error));
    },
    untilStable: (timeout) => deployments.untilStable(timeout),
    quit: () => ending.end(),
  };
  const onLine = (line: string, number: number): Promise<void> =>
    runLine(line, context).catch((error: unknown) => {
      if (signal.aborted) return;
      if (lines.areTyped) return console.log(`  ${messageOf(error)}`);
      const message = `error: standard input, line ${number}: ${messageOf(error)}`;
      ending.fail(
        error instanceof UsageError
          ? new UsageError(message)
          : new Error(message, { cause: error }),
      );
    });
  const lines: TypedLines = onLines(input, onLine, hasTerminal);
  return lines;
}
