import type { Saved } from "../format.ts";
import { NO_ACCOUNT } from "../../types/aws-names.ts";
import { expressionOf } from "./expression-of.ts";
import type { Instance } from "../instances.ts";

/** The known arguments of the first aws provider: its region from the configuration, else from its resources. */
export function providerOf(
  { configuration, variables }: Saved,
  instances: readonly Instance[],
): { readonly region?: string } {
  const aws: unknown = configuration?.provider_config["aws"];
  const expressions: unknown =
    typeof aws === "object" && aws !== null ? Reflect.get(aws, "expressions") : undefined;
  const { references, constant } = expressionOf(
    typeof expressions === "object" && expressions !== null
      ? Reflect.get(expressions, "region")
      : undefined,
  );
  const [variable = ""] = references;
  const given = constant ?? variables[variable.replace(/^var\./, "")]?.value;
  const region = typeof given === "string" ? given : regionOf(instances);
  return region === undefined ? {} : { region };
}

/** The account of a plan: of its provider's credentials, or of an ARN. */
export function accountOf(instances: readonly Instance[]): string {
  const own = instances.find(({ type }) => type === "aws_caller_identity")?.values["account_id"];
  if (typeof own === "string") return own;
  const accounts = instances.flatMap(({ mode, values }) =>
    mode === "managed"
      ? (/^arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):/.exec(String(values["arn"]))?.[1] ?? [])
      : [],
  );
  return accounts[0] ?? NO_ACCOUNT;
}

/** The region of the services, or of most ARNs. */
function regionOf(instances: readonly Instance[]): string | undefined {
  const regions = instances.flatMap(({ type, values: { arn, id, region } }) => {
    if (typeof region === "string" && type.startsWith("aws_ecs_")) return [region];
    const [, found] = /^arn:[\w-]+:(?:ecs|ec2|autoscaling):([\w-]+):/.exec(String(arn ?? id)) ?? [];
    return found ?? [];
  });
  return regions[0];
}
