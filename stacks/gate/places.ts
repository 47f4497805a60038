import type { Environment } from "../config/environment-schema.ts";
import { strings } from "../rules/template.ts";
import type { OwnResource } from "./own-resources.ts";
import { isFields } from "./fields.ts";
import type { ResourceChange } from "./plan-schema.ts";

// The names in a plan are text. What Terraform calls in AWS is the resource's id, and the resources that it refers to.

/** The region and account of an ARN. IAM has no region. */
const ARN = /^arn:[\w-]+:(?<service>[\w-]+):(?<region>[\w-]*):(?<account>\d*):/;

/** Texts of the app, which may name anything. */
const OF_THE_APP = /^(?:container_definitions|tags|tags_all)(?:\.|$)/;

/** Why a resource of the app is another one in AWS, or refers to another account or region. */
export function* placeProblems(
  { address, change }: ResourceChange,
  { name, cluster, kind }: OwnResource,
  { account, region }: Pick<Environment, "account" | "region">,
): Generator<string> {
  if (!isFields(change.before)) return;
  for (const id of [change.before["id"], change.before["arn"] ?? change.before["id"]]) {
    if (!kind.isId(String(id), name, cluster)) yield `${address}: its id is not that of ${name}`;
  }
  const found = [change.before, change.after].flatMap((state) => [...strings(state)]);
  const elsewhere = found
    .filter(([path, text]) => text.startsWith("arn:") && !OF_THE_APP.test(path))
    .filter(([, text]) => !isIn(text, account, region));
  for (const path of new Set(elsewhere.map(([each]) => each))) {
    yield `${address}: ${path} is of another account or region`;
  }
}

function isIn(arn: string, account: string, region: string): boolean {
  const found = ARN.exec(arn)?.groups;
  if (found === undefined || found["account"] !== account) return false;
  return found["region"] === (found["service"] === "iam" ? "" : region);
}
