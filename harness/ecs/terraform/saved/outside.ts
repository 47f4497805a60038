import type { Instance } from "./instances.ts";

/** What a plan has read of things outside it. */
export interface OutsideValues {
  /** Values of SSM parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of Cloud Map namespaces, by id. */
  readonly namespaces: Readonly<Record<string, string>>;
}

/** The values of parameters that are known, and the names of namespaces that were looked up. */
export function outsideValues(instances: readonly Instance[]): OutsideValues {
  return {
    parameters: pairs(instances, "aws_ssm_parameter", "name", "value"),
    namespaces: pairs(
      instances.filter(({ mode }) => mode === "data"),
      "aws_service_discovery_dns_namespace",
      "id",
      "name",
    ),
  };
}

function pairs(
  instances: readonly Instance[],
  type: string,
  key: string,
  value: string,
): Record<string, string> {
  const found = instances
    .filter((each) => each.type === type)
    .map(({ values }) => [values[key], values[value]] as const)
    .filter(([name, text]) => typeof name === "string" && typeof text === "string");
  return Object.fromEntries(found) as Record<string, string>;
}
