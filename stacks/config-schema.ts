import { clusterSchema, fileSystemSchema, namespaceSchema, networkSchema } from "./config-parts.ts";
import { appSchema, redisSchema } from "./config-services.ts";
import { fields, flag, oneOf, text } from "./fields.ts";

/** The shape of one environment, with every default. Ranges are AWS's own where AWS has them. */
const shape = fields({
  account: text(/^\d{12}$/, "the 12 digits of an AWS account, in quotes").describe(
    "AWS account; a deploy with the credentials of another is refused",
  ),
  region: text(/^[a-z]{2}(-[a-z]+){1,3}-\d$/, "an AWS region such as eu-central-1").describe(
    "AWS region",
  ),
  protected: flag()
    .default(false)
    .describe("Holds what must not be lost: nothing with data is destroyed or forced"),
  logRetentionDays: oneOf([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096])
    .default(30)
    .describe("How long CloudWatch keeps the containers' logs"),
  network: networkSchema,
  cluster: clusterSchema,
  namespace: namespaceSchema,
  fileSystem: fileSystemSchema,
  redis: redisSchema,
  app: appSchema,
});

const elsewhere = "only together with an existing network (vpcId and privateSubnetIds)";

/** What runs already runs in a VPC that exists: it cannot be part of one that is yet to be created. */
export const environmentSchema = shape
  .refine(({ network, cluster }) => "vpcId" in network || !("name" in cluster), {
    path: ["cluster"],
    error: `an existing cluster ${elsewhere}`,
  })
  .refine(({ network, namespace }) => "vpcId" in network || !("id" in namespace), {
    path: ["namespace"],
    error: `an existing namespace ${elsewhere}`,
  })
  .refine(({ network, fileSystem }) => "vpcId" in network || !("id" in fileSystem), {
    path: ["fileSystem"],
    error: `an existing file system ${elsewhere}`,
  })
  .refine(
    ({ network, namespace }) =>
      !("vpcId" in network) || !("id" in namespace) || network.vpcId === namespace.vpcId,
    {
      path: ["namespace", "vpcId"],
      error: "the vpcId of network: a private zone answers there only",
    },
  );
