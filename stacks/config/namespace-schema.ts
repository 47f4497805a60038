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
    .describe("Cloud Map namespace to create. Default: `<environment>-ecs`"),
});
const existingNamespace = fields({
  id: namespaceId.describe("A private DNS namespace that another environment or team created"),
  name: namespaceName.describe("Its name, part of the name by which Redis is found"),
  vpcId: vpcId.describe("VPC that the namespace belongs to: the environment's own"),
});
export const namespaceSchema = either(has("id"), existingNamespace, createdNamespace)
  .prefault({})
  .describe("The Cloud Map namespace, which several environments may share");
