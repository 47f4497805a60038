import { vpcId } from "./aws-ids.ts";
import { either, fields, has, text } from "./fields.ts";

const nameAllowed = "a lower-case DNS name such as dev-ecs";
export const namespaceName = text(
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  nameAllowed,
).max(200, nameAllowed);
export const namespaceId = text(/^ns-[a-z0-9]+$/, "a namespace id such as ns-0123abcd");
const createdNamespace = fields({
  name: namespaceName
    .optional()
    .describe("Name of the new Cloud Map namespace. Default: `<environment>-ecs`"),
});
const existingNamespace = fields({
  id: namespaceId.describe(
    "Id of a private DNS namespace that another environment or team created",
  ),
  name: namespaceName.describe("Name of the namespace. It is part of Redis' SRV name"),
  vpcId: vpcId.describe("VPC of the namespace. It must be the environment's VPC"),
});
export const namespaceSchema = either(has("id"), existingNamespace, createdNamespace)
  .prefault({})
  .describe("Cloud Map namespace. Several environments may share one");
