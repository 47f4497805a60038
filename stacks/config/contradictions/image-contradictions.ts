import type { EnvironmentFields } from "../environment-schema.ts";
import { serviceOf } from "../redis-kinds.ts";
import type { Contradiction } from "./contradiction.ts";

/** The images of an environment, except those in parameters, which are read only during a deploy. */
function literalImages(environment: EnvironmentFields): string[] {
  const { app, services } = environment;
  const images = [
    serviceOf(environment)?.image,
    app.image,
    ...Object.values(services).map(({ image }) => image),
  ];
  return images.filter((image) => typeof image === "string");
}

function withoutDigest(environment: EnvironmentFields): string[] {
  return literalImages(environment).filter((image) => !image.includes("@sha256:"));
}

const isLatest = (image: unknown): boolean => String(image).endsWith(":latest");

/** The images of an environment whose tag is latest. */
export const latestImages = (environment: EnvironmentFields): string[] =>
  literalImages(environment).filter(isLatest);

/**
 * ECS resolves a tag at each deployment
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html#deployment-container-image-stability).
 */
export const notLatest = (path: readonly string[], image: unknown): Contradiction => ({
  path,
  allowed:
    "the tag of one release, or a digest, in a protected environment: latest moves, so no plan shows a new release, " +
    "and going back to an earlier one would start the same image",
  holds: (environment) => !environment.protected || !isLatest(image),
});

export const imageContradictions: readonly Contradiction[] = [
  {
    path: ["cluster", "imagePull"],
    allowed: (environment) =>
      "once only if all images have a digest, <image>@sha256:..., including those in parameters: with a tag, a host " +
      "would keep the first image that it pulled; without digest: " +
      withoutDigest(environment).join(", "),
    holds: (environment) => {
      const { cluster } = environment;
      if ("name" in cluster || cluster.imagePull !== "once") return true;
      return withoutDigest(environment).length === 0;
    },
  },
];
