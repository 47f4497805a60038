import type { EnvironmentFields } from "../environment-schema.ts";
import { serviceOf } from "../redis-kinds.ts";
import type { Contradiction } from "./contradiction.ts";

/** The images of an environment, but those in parameters, which only a deploy reads. */
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

export const imageContradictions: readonly Contradiction[] = [
  {
    path: ["cluster", "imagePull"],
    allowed: (environment) =>
      "once only with images by digest, <image>@sha256:..., also in the parameters that hold one: " +
      "a host keeps the first image that it pulled by a tag; not by digest: " +
      withoutDigest(environment).join(", "),
    holds: (environment) => {
      const { cluster } = environment;
      if ("name" in cluster || cluster.imagePull !== "once") return true;
      return withoutDigest(environment).length === 0;
    },
  },
];
