import { resolve } from "node:path";
import {
  isEndOf,
  type LocalImage,
  type LocalImages,
  nameIn,
  type Plan,
  readTemplate,
  repositoryOf,
  type Template,
} from "../../../ecs/index.ts";
import {
  environmentSetup,
  guestBook,
  withoutCommand,
} from "../../../plays/setups/environment-setup.ts";
import type { Setup } from "../../../plays/setups/setup.ts";
import { HERE } from "../../../../command-line/options.ts";
import { environments } from "../environments.ts";
import { Adjustments } from "./adjustments.ts";
import { byRepository, kindsOf, referencesIn } from "../images/container-kinds.ts";
import { engineImages, type EngineOptions } from "../images/engine-images.ts";
import { isRedis, localImages, shell } from "../images/local-images.ts";
import { asTemplateError } from "../options/option-errors.ts";
import { isSaved, platformOf, type RunOptions } from "../options/options.ts";
import { type Need, withNeeds } from "../options/needs.ts";
import { checkUsed, commandedImages } from "../images/plan-images.ts";
import { withJsonKeys } from "../options/secret-keys.ts";
import { withEvaluation } from "./evaluation.ts";
import { notEnforced } from "./not-enforced.ts";
import { planNotes, planSummary } from "./plan-summary.ts";
import { playedPlan, type PlayedPlan } from "./saved-plans.ts";
import { allInputs, checkInputs, inputsOf } from "./template-inputs.ts";

export interface LocalSettings {
  readonly local: Setup["local"];
  readonly plan: Plan;
  /** The template to start with. `plan` is that of the last one. */
  readonly first: Template;
  /** The modules to deploy after the first, in order. */
  readonly next: readonly Template["module"][];
  /** Evaluates the folder again: the module to deploy. Undefined without one. */
  readonly again?: (signal: AbortSignal) => Promise<Template["module"]>;
  /** Differences from AWS, and what is not played of a plan. */
  readonly notes: readonly string[];
  /** The commands of a saved plan. The user confirms them before they run. */
  readonly summary?: string;
  /** Which containers run from images of an engine, which as processes, in which network, and what is not enforced. */
  readonly kinds: string;
  /** Whether an image is the user's, not Redis. */
  readonly isOwn: (image: string) => boolean;
  /** Secrets outside the template. Their values are not generated for this run. */
  readonly outside: ReadonlySet<string>;
}

/** The substitute for the app of a plan, if the user gives none. @param isRedis whether an image is Redis */
export type StandIn = (plan: Plan, isRedis: (image: string) => boolean) => LocalImage;

/**
 * @param needs what is read as if the user had given it
 * @param standIn @default the user must give the app of a plan
 * @throws UsageError, HarnessError
 */
export async function localSettings(
  asked: RunOptions & Pick<EngineOptions, "signal">,
  needs: readonly Need[] = [],
  standIn?: StandIn,
): Promise<LocalSettings> {
  const supposed = withNeeds(asked, needs);
  const options = {
    ...supposed,
    secret: withJsonKeys(supposed.secret),
    // Those of a folder are in what was evaluated.
    ...(asked.evaluated && { attribute: {} }),
  };
  const read = await readAll(options);
  const { given, played, templates, known, inputs } = read;
  const { images, redis, kinds } = await imagesFor(asked, options, read, standIn);
  const [first] = templates;
  const { plan } = templates.at(-1) ?? first;
  const unenforced = notEnforced(plan, images);
  return {
    local: {
      ...given,
      ...known,
      template: withOwnCommand(images, options, given) ?? first,
      platform: platformOf(options),
      images,
      secrets: { ...given.secrets, ...options.secret },
      environmentFiles: Object.fromEntries(
        Object.entries(options.envFile ?? {}).map(([name, file]) => [name, resolve(HERE, file)]),
      ),
    },
    plan,
    first,
    next: templates.slice(1).map(({ module }) => module),
    ...(played?.again && { again: evaluatedAgain(asked, played.again) }),
    notes: [...(played ? planNotes(played) : []), ...unenforced],
    ...(played && { summary: planSummary(played, images) }),
    kinds: [kinds, ...unenforced].join("\n"),
    isOwn: (image) => !redis.has(repositoryOf(image)),
    outside: new Set(inputs.secret),
  };
}

const evaluatedAgain =
  (options: RunOptions, read: NonNullable<PlayedPlan["again"]>) =>
  async (signal: AbortSignal): Promise<Template["module"]> => {
    const { evaluated } = await withEvaluation(options, signal);
    if (evaluated === undefined) throw new Error("the folder has not been evaluated");
    return read(evaluated);
  };

/** Reads the environment, template or plan, and what it needs from outside. */
async function readAll(options: RunOptions) {
  const { app: command, user: users } = options;
  const app = { ...(command === undefined ? guestBook() : shell(command, HERE)), users };
  const given = inputsBefore(options, app);
  const adjustments = new Adjustments(options);
  const outside = { ...outsideOf(options, given), adjust: adjustments.adjust };
  const { played, templates, known } = await templatesOf(given.template, options, outside);
  adjustments.check();
  const all = allInputs(templates.map((each) => inputsOf(each, known.parameters)));
  const inputs = { ...all, attribute: [...(played?.settable ?? []), ...all.attribute] };
  checkInputs(inputs, options, { ...known.parameters, ...given.secrets });
  return { app, given, adjusted: adjustments.images, played, templates, known, inputs };
}

/**
 * The images of all containers: the user's, an engine's, this machine's Redis, and the app or its stand-in.
 * @param asked without what is only supposed: an engine is asked for none of that
 */
async function imagesFor(
  asked: RunOptions & Pick<EngineOptions, "signal">,
  options: RunOptions,
  read: Awaited<ReturnType<typeof readAll>>,
  standIn: StandIn | undefined,
) {
  const { given, adjusted, played, templates, inputs } = read;
  const { app: command, user: users } = options;
  const isAppGiven = command !== undefined;
  const plans = templates.map((each) => each.plan);
  const asCommand = isAppGiven ? onlyApp(inputs.image, options) : undefined;
  const references = referencesIn(plans);
  // An engine is asked for what the user and the plan name, and not for what stands for a command.
  const others = references.filter(
    (each) => repositoryOf(each) !== asCommand && adjusted[each] === undefined,
  );
  const own = await engineImages(asked, others);
  const ofEngine = byRepository(own, inputs.image);
  const named = namedImages(options, played, standIn !== undefined, { ...ofEngine, ...adjusted });
  const isLeft = inputs.image.some((each) => nameIn(named, each) === undefined && !isRedis(each));
  const standsIn = played && !isAppGiven && isLeft ? standIn : undefined;
  const app = standsIn ? { ...standsIn(templates[0].plan, isRedisHere(named)), users } : read.app;
  const choice = { named, app, isAppGiven, known: given.images, users };
  const { images: chosen, redis } = localImages(inputs.image, choice);
  checkUsed(options.image, plans, (repository) => isAppGiven && chosen[repository] === app);
  const images = { ...chosen, ...ofEngine, ...own.found };
  const kinds = await kindsOf(references, images, own.source, options.network);
  return { images, redis, kinds };
}

/** The user's values override those that are known. */
const outsideOf = (options: RunOptions, given: Setup["local"]): Outside => ({
  parameters: { ...given.parameters, ...options.parameter },
  namespaces: { ...given.namespaces, ...options.namespace },
  attributes: { ...given.attributes, ...options.attribute },
});

/** The known inputs before a plan is read. */
function inputsBefore({ env, template, ...saved }: RunOptions, app: LocalImage): Setup["local"] {
  if (env !== undefined) {
    const played = withoutCommand(environments, env);
    return environmentSetup(env, { environments: played, app }).local;
  }
  return {
    template: isSaved(saved) ? "" : resolve(HERE, template ?? ""),
    images: {},
    parameters: {},
    secrets: {},
  };
}

/** The template of an environment whose app runs from an image, with the command that is for that image. */
function withOwnCommand(
  images: LocalImages,
  { env }: RunOptions,
  { images: known }: Setup["local"],
): Setup["local"]["template"] | undefined {
  const isOwn = Object.keys(known).some(
    (repository) => !isRedis(repository) && images[repository]?.root !== undefined,
  );
  if (env === undefined || !isOwn) return undefined;
  return environmentSetup(env, { environments }).local.template;
}

/** The repository that can only be the app: `--app` is for it, also where an engine has its image. */
function onlyApp(
  repositories: readonly string[],
  { image, build = {} }: RunOptions,
): string | undefined {
  const named = Object.keys({ ...image, ...build });
  const others = repositories.filter(
    (repository) => !isRedis(repository) && !named.some((name) => isEndOf(name, repository)),
  );
  return others.length === 1 ? others[0] : undefined;
}

type Outside = Omit<Parameters<typeof readTemplate>[1], "drawn">;

interface ReadTemplates {
  /** Undefined without a plan. */
  readonly played: PlayedPlan | undefined;
  readonly templates: PlayedPlan["templates"];
  /** The given inputs and those that a plan has read. */
  readonly known: Outside;
}

async function templatesOf(
  written: Setup["local"]["template"],
  options: RunOptions,
  outside: Outside,
): Promise<ReadTemplates> {
  if (!isSaved(options)) {
    const reading = readTemplate(written, { ...outside, drawn: new Map() });
    const template = await reading.catch((error: unknown) => {
      throw options.template === undefined ? error : asTemplateError(error);
    });
    return { played: undefined, templates: [template], known: outside };
  }
  const played = await playedPlan(options, outside, HERE);
  return { played, templates: played.templates, known: played.outside };
}

/** The images that the user has named, and those of a plan that need no name. */
function namedImages(
  { app, image, user: users }: RunOptions,
  played: PlayedPlan | undefined,
  hasStandIn: boolean,
  chosen: LocalImages,
): LocalImages {
  const commands = Object.entries(image).filter(([name]) =>
    Object.keys(chosen).every((repository) => !isEndOf(name, repository)),
  );
  const named: LocalImages = {
    // An image of Redis is Redis, and not a program in its place.
    ...Object.fromEntries(Object.entries(chosen).filter(([repository]) => !isRedis(repository))),
    ...Object.fromEntries(commands.map(([name, text]) => [name, { ...shell(text, HERE), users }])),
  };
  const plans = (played?.templates ?? []).map(({ plan }) => plan);
  const isAppGiven = app !== undefined;
  return { ...commandedImages(plans, { named, isAppGiven, hasStandIn }), ...named };
}

/** Whether an image is Redis and the user has not given another program for it. */
const isRedisHere =
  (named: LocalImages) =>
  (image: string): boolean =>
    isRedis(repositoryOf(image)) && nameIn(named, repositoryOf(image)) === undefined;
