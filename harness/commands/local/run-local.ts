import { startLocalEcs } from "../../ecs/index.ts";
import { AppHints } from "../../views/terminal/app-hints.ts";
import { publishedPorts } from "../../views/terminal/published-ports.ts";
import { plainView } from "../../views/terminal/viewer.ts";
import { columnsOf } from "../../views/terminal/wrap.ts";
import { connectionInfo } from "../../views/terminal/connection-info.ts";
import { HERE } from "../../../command-line/options.ts";
import { isAgreedTo } from "../shared/templates/confirm.ts";
import { LocalDeployments, reportFailure } from "./deployments.ts";
import { withoutNeeds } from "../shared/options/needs.ts";
import { withEvaluation } from "../shared/templates/evaluation.ts";
import { localSettings } from "../shared/templates/local-settings.ts";
import { asOptionError } from "../shared/options/option-errors.ts";
import { prepareMachine } from "../shared/prepare-machine.ts";
import { openRunSocket } from "./attach/run-socket.ts";
import { Ending } from "./typed/ending.ts";
import type { LocalOptions } from "./options.ts";
import { onCommands } from "./typed/on-commands.ts";

/** Runs an environment until the signal aborts or the user types `quit`. @returns the exit code */
export async function runLocal(options: LocalOptions, signal: AbortSignal): Promise<number> {
  await prepareMachine();
  const evaluated = await withEvaluation(options, signal).catch(throwOptionError);
  const settings = await withoutNeeds((needs) =>
    localSettings({ ...evaluated, signal }, needs),
  ).catch(throwOptionError);
  const { summary, plan, kinds } = settings;
  if (summary !== undefined && !(await isAgreedTo(summary, options, signal))) return 1;
  const endpoints = endpointsIn(process.env);
  const { speed = 1 } = options;
  const given = { ...settings.local, endpoints, speed };
  await using ecs = await startLocalEcs(given).catch(throwOptionError);
  // An abort before this line causes no further event.
  signal.throwIfAborted();
  console.log(kinds);
  const view = plainView(process.stdout, settings.isOwn);
  view.onOpen?.(ecs);
  const hints = new AppHints(ecs, plan, console.log, columnsOf(process.stdout));
  await using runSocket = await openRunSocket(ecs);
  void runSocket;
  const ending = new Ending(signal);
  const deployments = new LocalDeployments(ecs, settings, hints);
  using commands = onCommands(process.stdin, { ecs, deployments, ending });
  const help = connectionInfo(ecs, settings, { here: HERE, hasCommands: commands.areTyped });
  console.log(help);
  try {
    // In a terminal the user can fix the app and redeploy it.
    const { first } = deployments;
    const firstDeployment = commands.areTyped
      ? reportFailure(first, ending.signal)
      : first.then(() => true);
    const isDeployed = await Promise.race([ending.ended, firstDeployment]);
    if (isDeployed === true) console.log(`${help}${publishedPorts(ecs, plan)}`);
    await ending.ended;
  } finally {
    ending.end();
    hints.close();
    view.close();
  }
  return 0;
}

/** Containers get none of this process' variables but these: the user's emulator of AWS. */
const endpointsIn = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, url]) =>
      url !== undefined && url !== "" && /^AWS_ENDPOINT_URL(_|$)/.test(name) ? [[name, url]] : [],
    ),
  );

function throwOptionError(error: unknown): never {
  throw asOptionError(error);
}
