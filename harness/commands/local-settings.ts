import {
  type LocalEcsOptions,
  type LocalImage,
  type LocalImages,
  type Plan,
  readTemplate,
  repositoryOf,
  type Template,
} from "../ecs/index.ts";
import { environmentSetup, guestBook } from "../plays/setups/environment-setup.ts";
import type { Setup } from "../plays/setups/setup.ts";
import { HERE } from "./command-line.ts";
import { environments } from "./environments.ts";
import { localImages, shell } from "./local-images.ts";
import type { LocalOptions } from "./local-options.ts";
import { templateFile, toldOfTemplate } from "./local-terms.ts";
import { commandedImages } from "./plan-images.ts";
import { planSummary } from "./plan-summary.ts";
import { playedPlan, type PlayedPlan } from "./saved-plans.ts";
import { allInputs, checkInputs, inputsOf } from "./template-inputs.ts";

/** What to run, and what the user is told about it. */
export interface LocalSettings {
  readonly local: LocalEcsOptions;
  readonly plan: Plan;
  /** What is deployed after the first deployment, one after the other. */
  readonly next: readonly Template["module"][];
  /** What is run of a saved plan: it is shown, and agreed to, before. */
  readonly summary?: string;
  /** Whether an image's containers are the user's own, not Redis. */
  readonly isOwn: (image: string) => boolean;
  /** Secrets that exist outside the template: their values are not made for this run. */
  readonly outside: ReadonlySet<string>;
}

/** @throws UsageError, HarnessError */
export async function localSettings(options: LocalOptions): Promise<LocalSettings> {
  const { app: own, user: users } = options;
  const app = { ...(own === undefined ? guestBook() : shell(own, HERE)), users };
  const given = sourceOf(options, app);
  const outside = {
    parameters: { ...given.parameters, ...options.parameter },
    namespaces: { ...given.namespaces, ...options.namespace },
    attributes: { ...given.attributes, ...options.attribute },
  };
  const played = options.plan === undefined ? undefined : await playedPlan(options, outside, HERE);
  const templates = played?.templates ?? [await templateOf(given.template, options, outside)];
  const [first] = templates;
  const known = played?.outside ?? outside;
  const inputs = allInputs(templates.map((each) => inputsOf(each, known.parameters)));
  checkInputs(inputs, options, { ...known.parameters, ...given.secrets });
  const isAppGiven = own !== undefined;
  const named = namedImages(options, isAppGiven, played);
  const { images, redis } = localImages(inputs.image, {
    named,
    app,
    isAppGiven,
    known: given.images,
    users,
  });
  return {
    local: {
      ...given,
      ...known,
      ...(played && { template: first.module }),
      images,
      secrets: { ...given.secrets, ...options.secret },
    },
    plan: (templates.at(-1) ?? first).plan,
    next: templates.slice(1).map(({ module }) => module),
    ...(played && { summary: planSummary(played, images) }),
    isOwn: (image) => !redis.has(repositoryOf(image)),
    outside: new Set(inputs.secret),
  };
}

/** What there is before a plan is read. */
function sourceOf({ env, template, plan }: LocalOptions, app: LocalImage): Setup["local"] {
  if (env !== undefined) return environmentSetup(env, { environments, app }).local;
  return {
    template: plan === undefined ? templateFile(template ?? "", HERE) : "",
    images: {},
    parameters: {},
    secrets: {},
  };
}

type Outside = Omit<Parameters<typeof readTemplate>[1], "drawn">;

async function templateOf(
  source: Setup["local"]["template"],
  { template }: LocalOptions,
  outside: Outside,
): Promise<Template> {
  return readTemplate(source, { ...outside, drawn: new Map() }).catch((error: unknown) => {
    throw template === undefined ? error : toldOfTemplate(error);
  });
}

/** The images that the user has named, and those of a plan that need no name. */
function namedImages(
  { image, user: users }: LocalOptions,
  isAppGiven: boolean,
  played: PlayedPlan | undefined,
): LocalImages {
  const named = Object.fromEntries(
    Object.entries(image).map(([name, text]) => [name, { ...shell(text, HERE), users }]),
  );
  const plans = (played?.templates ?? []).map(({ plan }) => plan);
  return { ...commandedImages(plans, { named, isAppGiven }), ...named };
}
