import type { ConfigProblem } from "./config-error.ts";
import type { Environment } from "./config.ts";
import { namesOf } from "./names.ts";

/** Refuses environments that would create one thing twice, or write one place together. */
export function refuseCollisions(environments: readonly Environment[]): ConfigProblem[] {
  return environments.flatMap((environment, index) =>
    environments
      .slice(0, index)
      .flatMap((earlier) => [
        ...sameNamespace(earlier, environment),
        ...sameFolder(earlier, environment),
      ]),
  );
}

/** A namespace name is taken once in an account and region. */
function sameNamespace(earlier: Environment, environment: Environment): ConfigProblem[] {
  const creates = [earlier, environment].every((each) => !("id" in each.namespace));
  const [one, other] = [earlier, environment].map(
    (each) => `${each.account} ${each.region} ${namesOf(each).namespace}`,
  );
  if (!creates || one !== other) return [];
  return [
    {
      environment: environment.name,
      field: "namespace",
      message:
        `got ${JSON.stringify(namesOf(environment).namespace)}, which ${earlier.name} creates too; ` +
        "allowed: another name, or the same as existing, with its id, name and vpcId",
    },
  ];
}

/** Two Redis servers would write one directory, or one inside the other. */
function sameFolder(earlier: Environment, environment: Environment): ConfigProblem[] {
  const [one, other] = [earlier.fileSystem, environment.fileSystem];
  if (!("id" in one && "id" in other) || one.id !== other.id) return [];
  const [outer, inner] = [`${one.path}/`, `${other.path}/`].toSorted((a, b) => a.length - b.length);
  if (outer === undefined || inner?.startsWith(outer) !== true) return [];
  return [
    {
      environment: environment.name,
      field: "fileSystem.path",
      message:
        `got ${JSON.stringify(other.path)} of ${other.id}, where ${earlier.name} writes ` +
        `${JSON.stringify(one.path)}; allowed: a folder of its own`,
    },
  ];
}
