import type { Instance } from "./instances.ts";

/** Values outside a plan that the plan has read. */
export interface ExternalValues {
  /** Values of SSM parameters, by name. Those of the plan's own are also by address, as containers refer to them. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of Cloud Map namespaces, by id. */
  readonly namespaces: Readonly<Record<string, string>>;
}

/** The known values of parameters, and the names of namespaces that were looked up. */
export function externalValues(instances: readonly Instance[]): ExternalValues {
  return {
    parameters: {
      ...pairs(instances, "aws_ssm_parameter", "name", "value"),
      ...Object.fromEntries(
        instances
          .filter(
            ({ mode, type, values }) =>
              mode === "managed" &&
              type === "aws_ssm_parameter" &&
              typeof values["value"] === "string",
          )
          .map(({ address, values }) => [address, String(values["value"])]),
      ),
    },
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
