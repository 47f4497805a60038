import { once } from "node:events";
import { Playground } from "../../views/playground/playground.ts";
import { servePlayground } from "../../views/playground/server.ts";
import { renderReport } from "../../views/report/report.ts";
import { isAgreedTo } from "../shared/templates/confirm.ts";
import type { PlaygroundOptions } from "./options.ts";
import { playgroundSettings } from "./settings.ts";
import { prepareMachine } from "../shared/prepare-machine.ts";

/** Serves the playground until the signal aborts. @returns the exit code */
export async function runPlayground(
  options: PlaygroundOptions,
  signal: AbortSignal,
): Promise<number> {
  const { plan, port } = options;
  await prepareMachine();
  const settings = await playgroundSettings(options, signal);
  const { summary, environment, kinds } = settings;
  if (summary !== undefined && !(await isAgreedTo(summary, plan ?? {}, signal))) return 1;
  await using playground = await Playground.start(settings);
  signal.throwIfAborted();
  await using server = await servePlayground(playground, { port, renderReport });
  console.log(`${environment} at ${server.url}, seed ${settings.seed}; Ctrl-C ends it`);
  if (kinds !== undefined) console.log(kinds);
  if (!signal.aborted) await once(signal, "abort");
  return 0;
}
