import { once } from "node:events";
import { type LocalEcs, messageOf, startLocalEcs } from "../ecs/index.ts";
import { AppHints } from "../views/terminal/app-hints.ts";
import { publishedPorts } from "../views/terminal/published-ports.ts";
import { plainView } from "../views/terminal/viewer.ts";
import { columnsOf, wrapped } from "../views/terminal/wrap.ts";
import { whereToGo } from "../views/terminal/where-to-go.ts";
import { HERE } from "./command-line.ts";
import { isAgreedTo } from "./confirm.ts";
import { onKeys } from "./keys.ts";
import type { LocalOptions } from "./local-options.ts";
import { localSettings, type LocalSettings } from "./local-settings.ts";
import { inTermsOfOptions } from "./local-terms.ts";
import { prepareMachine } from "./prepare-machine.ts";

/** Runs an environment until the signal aborts. @returns the exit code */
export async function runLocal(options: LocalOptions, signal: AbortSignal): Promise<number> {
  await prepareMachine();
  const settings = await localSettings(options).catch(toldInOptions);
  if (settings.summary !== undefined && !(await isAgreedTo(settings.summary, options, signal)))
    return 1;
  await using ecs = await startLocalEcs(settings.local).catch(toldInOptions);
  // An earlier abort is not signalled again.
  signal.throwIfAborted();
  const view = plainView(process.stdout, settings.isOwn);
  view.onOpen?.(ecs);
  const hints = new AppHints(ecs, settings.plan, console.log, columnsOf(process.stdout));
  const withCause = (error: unknown): never => {
    throw new Error([messageOf(error), hints.last ?? []].flat().join("\n"), { cause: error });
  };
  const deploy = (): Promise<boolean> => {
    hints.forget();
    return told(deployAgain(ecs, settings).catch(withCause), signal);
  };
  using keys = onKeys(process.stdin, { d: () => void deploy() });
  const help = whereToGo(ecs, settings, { here: HERE, hasKeys: keys.areRead });
  console.log(help);
  const stopped = once(signal, "abort");
  const deployed = deployAll(ecs, settings).catch(withCause);
  try {
    // With keys, the user can correct the app and deploy it again.
    const settled = keys.areRead ? told(deployed, signal) : deployed.then(() => true);
    const isDeployed = await Promise.race([stopped, settled]);
    if (isDeployed === true) console.log(`${help}${publishedPorts(ecs, settings.plan)}`);
    await stopped;
  } finally {
    hints.close();
    view.close();
  }
  return 0;
}

/** The first deployment, and those of a plan that follow it. */
async function deployAll(ecs: LocalEcs, { next }: LocalSettings): Promise<void> {
  await ecs.apply();
  await ecs.waitUntilStable();
  for (const module of next) {
    console.log("\n  the change of the plan is deployed\n");
    await ecs.apply(module);
    await ecs.waitUntilStable();
  }
}

/** Starts new tasks of every service that is the user's own; all of it where nothing has been deployed yet. */
async function deployAgain(ecs: LocalEcs, { plan, next, isOwn }: LocalSettings): Promise<void> {
  const isOwnService = ({ name }: { readonly name: string }): boolean => {
    const taskDefinition = plan.services.find((each) => each.name === name)?.taskDefinition ?? "";
    const { containers = [] } = plan.taskDefinitions.get(taskDefinition) ?? {};
    return containers.some(({ image }) => isOwn(image));
  };
  const own = ecs.services.filter(isOwnService).map(({ name }) => name);
  console.log(`\n  d: ${own.join(", ") || "everything"} is deployed again\n`);
  for (const name of own) ecs.forceNewDeployment(name);
  if (own.length === 0) await ecs.apply(next.at(-1));
  await ecs.waitUntilStable();
}

/** A deploy that failed is told, and ends nothing. @returns whether it succeeded */
async function told(deploy: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  try {
    await deploy;
    return true;
  } catch (error) {
    // The end of the run ends it, too.
    if (signal.aborted) return false;
    const columns = columnsOf(process.stdout);
    const lines = messageOf(error).split("\n");
    const said = lines.map((line) => wrapped(`  ${line}`, columns, 4)).join("\n");
    console.log(`\n${said}\n  d deploys the app again, Ctrl-C ends it\n`);
    return false;
  }
}

function toldInOptions(error: unknown): never {
  throw inTermsOfOptions(error);
}
