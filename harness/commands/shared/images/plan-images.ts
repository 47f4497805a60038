import {
  findImage,
  isEndOf,
  type LocalImages,
  nameIn,
  type Plan,
  repositoryOf,
  whyNotHere,
} from "../../../ecs/index.ts";
import { everyRole, nameOf, type Role } from "../../../plays/setups/plan-roles.ts";
import { HERE, quoted, UsageError } from "../../../../command-line/options.ts";
import { isRedis } from "./local-images.ts";
import { type Need, NeedsError } from "../options/needs.ts";
import type { Assigned } from "../options/options.ts";

export interface CommandedOptions {
  readonly named: LocalImages;
  readonly isAppGiven: boolean;
  /** Whether a substitute exists for a missing app. @default false */
  readonly hasStandIn?: boolean;
}

/** The last part of an image's repository, which names it in an option. */
export const shortNameOf = (image: string): string =>
  repositoryOf(image).split("/").at(-1) ?? image;

interface Bare {
  readonly address: string;
  readonly name: string;
  readonly image: string;
}

/** Which images have no command, with the options that give one to each. */
function withoutCommand({ address, name, image }: Bare, all: readonly Bare[]): string {
  const repositories = [...new Set(all.map((each) => repositoryOf(each.image)))];
  const words = repositories
    .map((each) => `--image ${quoted(`${shortNameOf(each)}=COMMAND`)}`)
    .join(" ");
  return repositories.length === 1
    ? `${address} (${name}): the image ${repositoryOf(image)} has no command; give one with ${words}`
    : `the images ${repositories.join(", ")} have no command; give one for each with ${words}`;
}

const needsOf = (bare: readonly Bare[]): Need[] =>
  [...new Set(bare.map(({ image }) => repositoryOf(image)))].map((repository) => ({
    option: "image",
    name: shortNameOf(repository),
    why: `the image ${repository} has no command`,
  }));

/**
 * The images of a plan that need no `--image`: their containers have a complete command.
 * @throws UsageError with a container whose image has no command
 */
export function commandedImages(
  plans: readonly Plan[],
  { named, isAppGiven, hasStandIn = false }: CommandedOptions,
): LocalImages {
  const containers = plans.flatMap(({ taskDefinitions }) =>
    [...taskDefinitions.values()].flatMap(({ address, containers: all }) =>
      all.map((container) => ({ address, ...container })),
    ),
  );
  const open = containers.filter(({ image }) => {
    const repository = repositoryOf(image);
    return nameIn(named, repository) === undefined && !isRedis(repository);
  });
  const bare = open.filter(({ command, entryPoint }) => (command ?? entryPoint) === undefined);
  const [first] = bare;
  if (first && !isAppGiven && !hasStandIn) {
    throw new NeedsError(`error: ${withoutCommand(first, bare)}`, needsOf(bare));
  }
  const isBare = new Set(bare.map(({ image }) => repositoryOf(image)));
  const commanded = open
    .map(({ image }) => repositoryOf(image))
    .filter((each) => !isBare.has(each));
  // The remaining image may be the app.
  const isApp = isAppGiven && isBare.size === 0 && new Set(commanded).size === 1;
  return isApp ? {} : Object.fromEntries(commanded.map((repository) => [repository, {}]));
}

/**
 * Checks that each command of the user is run: an `entryPoint` of a definition replaces the image's.
 * @throws UsageError with the option and the container
 */
export function checkUsed(
  image: Assigned,
  plans: readonly Plan[],
  isApp: (repository: string) => boolean,
): void {
  const containers = plans.flatMap(everyRole).map((role) => ({
    name: nameOf(role),
    repository: repositoryOf(role.container.image),
    isReplaced: role.container.entryPoint !== undefined,
  }));
  const asked = [
    ...Object.keys(image).map((name) => ({
      option: `--image ${name}`,
      those: containers.filter(({ repository }) => isEndOf(name, repository)),
    })),
    { option: "--app", those: containers.filter(({ repository }) => isApp(repository)) },
  ];
  for (const { option, those } of asked) {
    const [first] = those;
    if (first === undefined || those.some(({ isReplaced }) => !isReplaced)) continue;
    throw new UsageError(
      `error: option ${option}: ${first.name} has an entryPoint of its own, which replaces the image's; use --container ${quoted(`${first.name}=COMMAND`)}`,
    );
  }
}

/** A container that cannot start here. */
export interface MissingProgram extends Role {
  /** In Docker's words. */
  readonly why: string;
}

/** Containers of a plan whose programs are not on this machine, and whose images do not bring them. */
export async function missingPrograms(plan: Plan, images: LocalImages): Promise<MissingProgram[]> {
  const missing: MissingProgram[] = [];
  for (const role of everyRole(plan)) {
    const { image, name } = role.container;
    const why = await whyNotHere(role.container, findImage(images, image, name), HERE);
    if (why !== undefined) missing.push({ ...role, why });
  }
  return missing;
}
