import { readFileSync } from "node:fs";

/** JSON of a plan. */
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any;

/**
 * A recorded plan with copies of all its resources but the cluster, each with names of its own.
 * @param name of a folder of the corpus
 */
export function largePlan(name: string, copies: number): Json {
  const file = new URL(`corpus/${name}/plan.json`, import.meta.url);
  const plan: Json = JSON.parse(readFileSync(file, "utf8"));
  const { root_module: module } = plan.configuration;
  plan.resource_changes = copiesOf(plan.resource_changes, copies);
  module.resources = copiesOf(module.resources, copies);
  plan.planned_values.root_module.resources = copiesOf(
    plan.planned_values.root_module.resources,
    copies,
  );
  return plan;
}

function copiesOf(resources: readonly Json[], copies: number): Json[] {
  const isCluster = ({ type }: Json): boolean => type === "aws_ecs_cluster";
  const own = resources.filter((each) => !isCluster(each));
  const text = JSON.stringify(own);
  const names = own.map(({ type, name }) => ({ type, name }));
  const copied = Array.from({ length: copies }, (_, number) =>
    JSON.parse(named(text, names, `${number}`)),
  );
  return [...resources.filter(isCluster), ...copied.flat()];
}

/** The text of resources with a number behind each name, in Terraform and in AWS. */
function named(text: string, names: readonly Json[], number: string): string {
  const addresses = names.reduce(
    (all: string, { type, name }) =>
      all.replaceAll(new RegExp(`\\b${type}\\.${name}\\b`, "g"), `${type}.${name}_${number}`),
    text,
  );
  return addresses
    .replaceAll(/"(name|family)":"([\w-]+)"/g, `"$1":"$2_${number}"`)
    .replaceAll(
      /"(name|family)":\{"constant_value":"([\w-]+)"\}/g,
      `"$1":{"constant_value":"$2_${number}"}`,
    );
}
