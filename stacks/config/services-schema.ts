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

/** The fields of a service that others find. */
export const discoveredFields = {
  image: imageSchema,
  port: whole(1, 65_535).describe("Port the container listens on, also in its PORT"),
  networkMode: networkModeSchema,
  records: oneOf(["SRV", "A"])
    .default("SRV")
    .describe(
      "`SRV`: host and port, in every mode; `A`: only addresses, for clients that know the port, " +
        "which a registry serves in awsvpc mode only",
    ),
  dnsTtl: whole(1, 300, "seconds").default(10).describe("TTL of the records"),
  desiredCount: whole(1, 1000).default(1).describe("Tasks that run"),
  ...sizeFields,
  ...commandFields,
  ...variableFields("AWS_REGION", "PORT"),
  taskPolicy: statementsSchema.describe("What the program may do in AWS"),
  healthCheck: containerHealthCheck
    .optional()
    .describe("A check inside the container: once a task is healthy, only healthy ones are found"),
  stopTimeout,
};

/** A service in addition to the app. The app finds it as it finds Redis. */
export const serviceSchema = fields(discoveredFields)
  .check(refuseBoth)
  .refine(({ records, networkMode }) => records === "SRV" || networkMode === "awsvpc", {
    path: ["records"],
    error:
      "SRV in the network modes bridge and host, whose port an A record does not tell; " +
      "or networkMode awsvpc beside A",
  });

/** A service as a deployer writes it. */
export type ServiceInput = z.input<typeof serviceSchema>;
/** A service with every default: what `parseService` gives. */
export type ServiceConfig = z.output<typeof serviceSchema>;

export const servicesSchema = z
  .record(ownName, serviceSchema, "an object from a service's name to what it is")
  .default({})
  .describe(
    "Further services, found in the namespace as `<environment>-<name>`: the app gets the " +
      "name in `<NAME>_SRV`, or with A records name and port in `<NAME>_ADDRESS`",
  );

/** The app's variable with the address of a service. */
export function addressVariable(name: string, { records }: Pick<ServiceConfig, "records">): string {
  const suffix = records === "SRV" ? "SRV" : "ADDRESS";
  return `${name.replaceAll("-", "_").toUpperCase()}_${suffix}`;
}
