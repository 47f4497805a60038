import { type LocalEcsOptions, type Plan, readTemplate, repositoryOf } from "../ecs/index.ts";
import { environmentSetup, guestBook } from "../plays/setups/environment-setup.ts";
import type { Setup } from "../plays/setups/setup.ts";
import { HERE } from "./command-line.ts";
import { environments } from "./environments.ts";
import { localImages, shell } from "./local-images.ts";
import type { LocalOptions } from "./local-options.ts";
import { templateFile, toldOfTemplate } from "./local-terms.ts";
import { checkInputs, inputsOf } from "./template-inputs.ts";

/** What to run, and what the user is told about it. */
export interface LocalSettings {
  readonly local: LocalEcsOptions;
  readonly plan: Plan;
  /** Whether an image's containers are the user's own, not Redis. */
  readonly isOwn: (image: string) => boolean;
  /** Secrets that exist outside the template: their values are not made for this run. */
  readonly outside: ReadonlySet<string>;
}

/** @throws UsageError, HarnessError */
export async function localSettings(options: LocalOptions): Promise<LocalSettings> {
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
      : environmentSetup(env, { environments, app }).local;
  const outside = {
    parameters: { ...given.parameters, ...options.parameter },
    namespaces: { ...given.namespaces, ...options.namespace },
    attributes: { ...given.attributes, ...options.attribute },
  };
  const template = await readTemplate(given.template, { ...outside, drawn: new Map() }).catch(
    (error: unknown) => {
      throw options.template === undefined ? error : toldOfTemplate(error);
    },
  );
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
    outside: new Set(inputs.secret),
  };
}
