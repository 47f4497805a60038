import type { EnvironmentFields } from "../environment-schema.ts";
import type { Contradiction } from "./contradiction.ts";
import { canPull, localImage } from "./network-contradictions.ts";

/** What other fields require of each service. */
export function serviceContradictions({ services }: EnvironmentFields): Contradiction[] {
  return Object.entries(services).map(([name, { image }]) => ({
    path: ["services", name, "image"],
    allowed: localImage,
    holds: (environment) => canPull(image, environment),
  }));
}
