import {
  findImage,
  type LocalImage,
  type LocalImages,
  nameIn,
  type Plan,
  repositoryOf,
  whyNoNetworks,
} from "../../../ecs/index.ts";
import type { EngineImages, ImageSource } from "./engine-images.ts";
import type { InputOptions } from "../options/options.ts";

// Which containers run from images of an engine, and which as processes.

/** The references of all images. */
export const referencesIn = (plans: readonly Plan[]): string[] => [
  ...new Set(
    plans.flatMap(({ taskDefinitions }) =>
      [...taskDefinitions.values()].flatMap(({ containers }) =>
        containers.map(({ image }) => image),
      ),
    ),
  ),
];

/** The images of an engine, by the repositories of the template. */
export function byRepository(
  { named, found }: EngineImages,
  repositories: readonly string[],
): LocalImages {
  const references = Object.entries(found).map(([reference, image]): [string, LocalImage] => [
    repositoryOf(reference),
    image,
  ]);
  const all = { ...Object.fromEntries(references), ...named };
  return Object.fromEntries(
    repositories.flatMap((repository) => {
      const image = all[nameIn(all, repository) ?? ""];
      return image === undefined ? [] : [[repository, image]];
    }),
  );
}

/** One line for the user: images, processes, and their network. */
export async function kindsOf(
  references: readonly string[],
  images: LocalImages,
  source: ImageSource,
  network: InputOptions["network"],
): Promise<string> {
  const isOwn = (reference: string): boolean =>
    findImage(images, reference, "image").root !== undefined;
  const [own, others] = [references.filter(isOwn), references.filter((each) => !isOwn(each))];
  const kinds =
    "why" in source
      ? `All containers are processes of this machine, not images: ${source.why} (docs/local-ecs.md).`
      : `From images of ${source.engine}: ${listed(own)}. As processes of this machine: ${listed(others)} (docs/local-ecs.md).`;
  return `${kinds} ${await networkOf(network)}`;
}

async function networkOf(network: InputOptions["network"]): Promise<string> {
  const why = network === "host" ? "--network host" : await whyNoNetworks();
  if (why === undefined) {
    return "Each container has its own network; this machine is host.docker.internal in there.";
  }
  return `Containers share this machine's network, so programs listen on PORT and HOST: ${why}.`;
}

const listed = (references: readonly string[]): string =>
  references.map(repositoryOf).join(", ") || "none";
