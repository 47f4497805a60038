import type { EnvironmentFields } from "../environment-schema.ts";
import type { Contradiction } from "./contradiction.ts";
import { notLatest } from "./image-contradictions.ts";
import { eachHasHost, onePerHost } from "./mode-contradictions.ts";
import { canPull, localImage } from "./network-contradictions.ts";

/** Rules about each service. */
export function serviceContradictions({ services }: EnvironmentFields): Contradiction[] {
  return Object.entries(services).flatMap(([name, { image, networkMode, desiredCount }]) => [
    {
      path: ["services", name, "image"],
      allowed: localImage,
      holds: (environment) => canPull(image, environment),
    },
    notLatest(["services", name, "image"], image),
    {
      path: ["services", name, "desiredCount"],
      allowed: onePerHost(`services.${name}`),
      holds: ({ cluster }) => networkMode !== "host" || eachHasHost(desiredCount, cluster),
    },
  ]);
}
