import {
  isEndOf,
  type LocalImages,
  type Plan,
  readTemplate,
  repositoryOf,
} from "../../../ecs/index.ts";
import type { Setup } from "../../../plays/setups/setup.ts";
import { HERE, UsageError } from "../../../../command-line/options.ts";
import { byRepository, kindsOf, referencesIn } from "./container-kinds.ts";
import { engineImages, type EngineOptions } from "./engine-images.ts";
import { isRedis, shell } from "./local-images.ts";
import { notEnforced } from "../templates/not-enforced.ts";
import { type ImageOptions, platformOf } from "../options/options.ts";

/** The images in place of an environment's own. */
export interface PlayedImages {
  /** By repository. */
  readonly images: LocalImages;
  readonly platform: Setup["local"]["platform"];
  /** For the user: images, processes and networks, and what is not enforced. */
  readonly kinds: string;
}

/**
 * The images that an environment plays with: those that the options name, and Redis where an engine has its image. The app is a
 * guest book unless it is named, since users of a play sign it.
 * @throws UsageError for what cannot be, before anything is started
 */
export async function playedImages(
  options: ImageOptions & Pick<EngineOptions, "signal">,
  { local }: Pick<Setup, "local">,
): Promise<PlayedImages> {
  const plan = await planOf({ local });
  const references = referencesIn([plan]);
  const repositories = references.map(repositoryOf);
  for (const name of Object.keys({ ...options.image, ...options.build })) {
    if (repositories.some((each) => isEndOf(name, each))) continue;
    throw new UsageError(`error: no image ${name}; images: ${repositories.join(", ")}`);
  }
  const redis = references.filter((each) => isRedis(repositoryOf(each)));
  const own = await engineImages(options, redis);
  const ofEngine = byRepository(own, repositories);
  const commands = repositories.flatMap((repository) => {
    const [, text] =
      Object.entries(options.image).find(([name]) => isEndOf(name, repository)) ?? [];
    return text === undefined || ofEngine[repository] !== undefined
      ? []
      : [[repository, shell(text, HERE)] as const];
  });
  const images = { ...Object.fromEntries(commands), ...ofEngine };
  const all = { ...local.images, ...images };
  const platform = platformOf(options);
  const kinds = await kindsOf(references, all, own.source, options.network);
  return { images, platform, kinds: [kinds, ...notEnforced(plan, all)].join("\n") };
}

/** The plan of a setup's first template. */
export async function planOf({ local }: Pick<Setup, "local">): Promise<Plan> {
  const { parameters, namespaces = {}, attributes = {} } = local;
  const outside = { parameters, namespaces, attributes, drawn: new Map<string, string>() };
  return (await readTemplate(local.template, outside)).plan;
}
