import type { Instance } from "../saved/instances.ts";
import { recordsIn } from "../expression/values.ts";
import { type Found, parsed, textsIn } from "./found.ts";

/** What a statement allows. */
export interface Allowed {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** It allows to pull images and to write logs. */
const EXECUTION_POLICY = ":policy/service-role/AmazonECSTaskExecutionRolePolicy";

/** What the policies of a role allow; undefined if one of them cannot be read. */
export function allowedFor(role: Instance, found: Found): Allowed[] | undefined {
  const names = textsIn([role.values["name"], role.values["id"]]);
  const isOf = (given: unknown): boolean => textsIn(given).some((name) => names.includes(name));
  const own = found.all("aws_iam_role_policy").filter(({ values }) => isOf(values["role"]));
  const inline = recordsIn(role.values["inline_policy"]).filter(({ policy }) => policy);
  const attached = [
    ...found.all("aws_iam_role_policy_attachment").filter(({ values }) => isOf(values["role"])),
    ...found.all("aws_iam_policy_attachment").filter(({ values }) => isOf(values["roles"])),
  ].map(({ values }) => values["policy_arn"]);
  const arns = [...attached, ...textsIn(role.values["managed_policy_arns"])]
    .map(String)
    .filter((arn) => !arn.endsWith(EXECUTION_POLICY));
  const managed = arns.map((arn) =>
    found.all("aws_iam_policy").find(({ values }) => values["arn"] === arn),
  );
  const texts = [...own, ...managed].map((each) => each?.values["policy"]);
  const all = [...texts, ...inline.map(({ policy }) => policy)].map(readPolicy);
  return all.every((each) => each !== undefined) ? all.flat() : undefined;
}

/** Conditions are taken as met, and no Deny is read: a warning must be sure. */
function readPolicy(text: unknown): Allowed[] | undefined {
  const policy = parsed(text);
  const [{ Statement: statements } = {}] = recordsIn(policy);
  if (statements === undefined) return undefined;
  const all = recordsIn(statements).filter(({ Effect }) => Effect !== "Deny");
  const isPlain = all.every(
    ({ Effect, Action, NotResource }) =>
      Effect === "Allow" && Action !== undefined && NotResource === undefined,
  );
  if (!isPlain) return undefined;
  return all.map(({ Action, Resource }) => ({
    actions: textsIn(Action),
    resources: textsIn(Resource),
  }));
}

/** Whether a text matches a pattern with `*` and `?`. */
export function isMatch(pattern: string, text: string, flags = ""): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, `s${flags}`).test(text);
}
