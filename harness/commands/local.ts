import { once } from "node:events";
import {
  type LocalEcs,
  type LocalEcsOptions,
  type Plan,
  readTemplate,
  repositoryOf,
  startLocalEcs,
} from "../ecs/index.ts";
import type { Setup } from "../plays/setups/setup.ts";
import { environmentSetup, guestBook } from "../plays/setups/environment-setup.ts";
import { HERE, orExit } from "./command-line.ts";
import { run } from "./interrupt.ts";
import {
  inTermsOfOptions,
  localOptions,
  templateFile,
  type LocalOptions,
} from "./local-options.ts";
import { prepareMachine } from "./prepare-machine.ts";
import { shell, localImages } from "./local-images.ts";
import { plainView } from "../views/terminal/viewer.ts";
import { checkInputs, inputsOf } from "./template-inputs.ts";

// `npm run local`: an environment on this machine, with the user's own program as the app.

/** What to run, and what the user is told about it. */
interface Settings {
  readonly local: LocalEcsOptions;
  readonly plan: Plan;
  /** Whether an image's containers are the user's own, not Redis. */
  readonly isOwn: (image: string) => boolean;
}

async function main(options: LocalOptions, signal: AbortSignal): Promise<number> {
  await prepareMachine();
  const { local, plan, isOwn } = await settings(options).catch(toldInOptions);
  await using ecs = await startLocalEcs(local).catch(toldInOptions);
  // An earlier abort is not signalled again.
  signal.throwIfAborted();
  const view = plainView(process.stdout, isOwn);
  view.onOpen?.(ecs);
  console.log(whereToGo(ecs, plan));
  const stopped = once(signal, "abort");
  const deployed = ecs.apply().then(() => ecs.waitUntilStable());
  try {
    await Promise.race([stopped, deployed]);
    if (!signal.aborted) console.log(whereToGo(ecs, plan));
    await stopped;
  } finally {
    view.close();
  }
  return 0;
}

async function settings(options: LocalOptions): Promise<Settings> {
  const { env, app: own, user: users } = options;
  const app = { ...(own === undefined ? guestBook() : shell(own, HERE)), users };
  const given: Setup["local"] =
    env === undefined
      ? {
          template: templateFile(options.template ?? "", HERE),
          images: {},
          parameters: {},
          secrets: {},
        }
      : environmentSetup(env, { app }).local;
  const outside = {
    parameters: { ...given.parameters, ...options.parameter },
    namespaces: { ...given.namespaces, ...options.namespace },
    attributes: { ...given.attributes, ...options.attribute },
  };
  const template = await readTemplate(given.template, { ...outside, drawn: new Map() });
  const inputs = inputsOf(template, outside.parameters);
  checkInputs(inputs, options, { ...given.parameters, ...given.secrets });
  const named = Object.fromEntries(
    Object.entries(options.image).map(([name, text]) => [name, { ...shell(text, HERE), users }]),
  );
  const { images: known } = given;
  const isAppGiven = own !== undefined;
  const { images, redis } = localImages(inputs.image, { named, app, isAppGiven, known, users });
  return {
    local: { ...given, ...outside, images, secrets: { ...given.secrets, ...options.secret } },
    plan: template.plan,
    isOwn: (image) => !redis.has(repositoryOf(image)),
  };
}

function toldInOptions(error: unknown): never {
  throw inTermsOfOptions(error);
}

function whereToGo({ loadBalancers, dnsServer, services }: LocalEcs, plan: Plan): string {
  const [, port = ""] = dnsServer.split(":");
  return [
    "",
    ...loadBalancers.map(({ name, url }) => line(name, url)),
    ...healthChecks(plan).map((check) => line("health check", check)),
    line("DNS", `${dnsServer} (dig @127.0.0.1 -p ${port} SRV NAME)`),
    ...(services.length > 0 ? [line("services", services.map(({ name }) => name).join(", "))] : []),
    line("", "Ctrl-C ends it"),
    "",
  ].join("\n");
}

const line = (name: string, text: string): string => `  ${name.padEnd(14)} ${text}`;

/** The health checks that a program must answer before it gets requests. */
function healthChecks({ services, targetGroups }: Plan): string[] {
  return services.flatMap(({ name, targets }) =>
    targets.flatMap(({ address }) => {
      const check = targetGroups.get(address)?.healthCheck;
      if (!check?.enabled) return [];
      return `${name} must answer GET ${check.path} with ${check.matcher}`;
    }),
  );
}

const options = orExit(() => localOptions(process.argv.slice(2)));
run((signal) => main(options, signal));
