import type { ConfigProblem } from "./config-error.ts";
import type { Environment } from "./config.ts";
import { namesOf } from "./names.ts";

/** Refuses environments that would create one thing twice. */
export function refuseCollisions(environments: readonly Environment[]): ConfigProblem[] {
  return duplicateNamespaces(environments);
}

function duplicateNamespaces(environments: readonly Environment[]): ConfigProblem[] {
  const creators = new Map<string, string>();
  return environments.flatMap((environment) => {
    if ("id" in environment.namespace) return [];
    const { namespace } = namesOf(environment);
    const key = [environment.account, environment.region, namespace].join(" ");
    const first = creators.get(key);
    creators.set(key, first ?? environment.name);
    if (first === undefined) return [];
    return {
      environment: environment.name,
      field: "namespace",
      message: `got ${JSON.stringify(namespace)}, which ${first} creates too; allowed: another name, or that namespace as existing, with id, name and vpcId`,
    };
  });
}
