import type { Saved } from "./format.ts";
import { expressionOf } from "./expression-of.ts";
import type { Instance } from "./instances.ts";

/** The known arguments of the first aws provider: its region from the configuration, else from its resources. */
export function providerOf(
  { configuration, variables }: Saved,
  instances: readonly Instance[],
): Readonly<Record<string, unknown>> {
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

/** The region of the services, or of most ARNs. */
function regionOf(instances: readonly Instance[]): string | undefined {
  const regions = instances.flatMap(({ type, values: { arn, id, region } }) => {
    if (typeof region === "string" && type.startsWith("aws_ecs_")) return [region];
    const [, found] = /^arn:[\w-]+:(?:ecs|ec2|autoscaling):([\w-]+):/.exec(String(arn ?? id)) ?? [];
    return found ?? [];
  });
  return regions[0];
}
