import { z } from "zod";
import {
  containerHealthCheck,
  commandFields,
  imageSchema,
  refuseBoth,
  sizeFields,
  statementsSchema,
  stopTimeout,
  variableFields,
  networkModeSchema,
} from "./container-schema.ts";
import { ownName } from "./tasks-schema.ts";
import { fields, oneOf, whole } from "./fields.ts";

/** The fields of a service that is registered in the namespace. */
export const discoveredFields = {
  image: imageSchema,
  port: whole(1, 65_535).describe("Port that the container listens on; also set as PORT"),
  networkMode: networkModeSchema,
  records: oneOf(["SRV", "A"])
    .default("SRV")
    .describe(
      "`SRV`: host and port, in every network mode; `A`: only addresses, for clients that know the port, " +
        "and only in awsvpc mode",
    ),
  dnsTtl: whole(1, 300, "seconds").default(10).describe("TTL of the records"),
  desiredCount: whole(1, 1000).default(1).describe("Number of tasks"),
  ...sizeFields,
  ...commandFields,
  ...variableFields("AWS_REGION", "PORT"),
  taskPolicy: statementsSchema.describe("IAM statements for the service"),
  healthCheck: containerHealthCheck
    .optional()
    .describe("Health check inside the container. Only healthy tasks are in DNS, if there are any"),
  stopTimeout,
};

/** A service in addition to the app. The app finds it in the same way as Redis. */
export const serviceSchema = fields(discoveredFields)
  .check(refuseBoth)
  .refine(({ records, networkMode }) => records === "SRV" || networkMode === "awsvpc", {
    path: ["records"],
    error:
      "SRV in the network modes bridge and host, because an A record has no port; " +
      "or A with networkMode awsvpc",
  });

/** A service as written in `environments.ts`. */
export type ServiceInput = z.input<typeof serviceSchema>;
/** A validated service with all defaults, as returned by `parseService`. */
export type ServiceConfig = z.output<typeof serviceSchema>;

export const servicesSchema = z
  .record(ownName, serviceSchema, "an object from service name to its fields")
  .default({})
  .describe(
    "Additional services, registered in the namespace as `<environment>-<name>`. The app gets the SRV name in " +
      "`<NAME>_SRV`, or for A records the name and port in `<NAME>_ADDRESS`",
  );

/** The app's variable for the address of a service. */
export function addressVariable(name: string, { records }: Pick<ServiceConfig, "records">): string {
  const suffix = records === "SRV" ? "SRV" : "ADDRESS";
  return `${name.replaceAll("-", "_").toUpperCase()}_${suffix}`;
}
