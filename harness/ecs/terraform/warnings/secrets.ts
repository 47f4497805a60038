import type { Note } from "../saved/note.ts";
import { recordsIn } from "../expression/values.ts";
import { type Found, parsed } from "./found.ts";
import { type Allowed, allowedFor, isMatch } from "./policies.ts";

/** What a container gets by its execution role. */
interface Secret {
  /** Of the variable, or of the option of its log driver. */
  readonly name: string;
  readonly action: "secretsmanager:GetSecretValue" | "ssm:GetParameters";
  /** Without a key, a stage and a version. */
  readonly arn: string;
}

/** Execution roles that may not read a secret or a parameter of their definitions. What cannot be read gives no warning. */
export function secretWarnings(found: Found): Note[] {
  const roles = new Map(
    found.all("aws_iam_role").map((role) => [String(role.values["arn"]), role]),
  );
  return found.all("aws_ecs_task_definition").flatMap(({ address, values }) => {
    const role = roles.get(String(values["execution_role_arn"]));
    const allowed = role && allowedFor(role, found);
    if (allowed === undefined) return [];
    const closed = secretsOf(values["container_definitions"], found).filter(
      (secret) => !allowed.some((each) => mayRead(each, secret, found)),
    );
    const actions = new Set(closed.map(({ action }) => action));
    return [...actions].map((action) => {
      const names = closed.filter((each) => each.action === action).map(({ name }) => name);
      const text = `no policy of ${role?.address} allows ${action} for ${[...new Set(names)].join(", ")}. In AWS no task starts: ResourceInitializationError: unable to pull secrets or registry auth`;
      return { address, text };
    });
  });
}

function secretsOf(definitions: unknown, found: Found): Secret[] {
  return recordsIn(parsed(definitions))
    .flatMap(({ secrets, logConfiguration }) => [
      ...recordsIn(secrets),
      ...recordsIn(logConfiguration).flatMap(({ secretOptions }) => recordsIn(secretOptions)),
    ])
    .flatMap(({ name, valueFrom }) => secretOf(String(name), String(valueFrom), found) ?? []);
}

/** Undefined for what a data source finds, and for what has no form of a secret. */
function secretOf(name: string, valueFrom: string, found: Found): Secret | undefined {
  const arn = valueFrom.split(":").slice(0, 7).join(":");
  if (isFound(arn, found)) return undefined;
  if (isSecret(arn)) return { name, action: "secretsmanager:GetSecretValue", arn };
  const isNamed =
    valueFrom.startsWith("/") ||
    found.all("aws_ssm_parameter").some(({ values }) => values["name"] === valueFrom);
  const parameter = isNamed ? `arn:aws:ssm:::parameter/${valueFrom.replace(/^\//, "")}` : arn;
  return isParameter(parameter) ? { name, action: "ssm:GetParameters", arn: parameter } : undefined;
}

const isSecret = (arn: string): boolean =>
  /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:/.test(arn);
const isParameter = (arn: string): boolean => /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter\//.test(arn);

/** Whether a data source, whose values are mocked, has the text. Policies name what others have. */
const isFound = (text: string, { data }: Found): boolean =>
  data.some(
    ({ type, values }) =>
      type !== "aws_iam_policy_document" && JSON.stringify(values).includes(JSON.stringify(text)),
  );

function mayRead({ actions, resources }: Allowed, { action, arn }: Secret, found: Found): boolean {
  if (!actions.some((pattern) => isMatch(pattern, action, "i"))) return false;
  return resources.some((pattern) => {
    const isKnown = pattern.includes("*") || isSecret(pattern) || isParameter(pattern);
    // Only AWS knows the six characters at the end of a secret's ARN.
    const texts = isSecret(arn) ? [arn, `${arn}-aaaaaa`] : [arn];
    return !isKnown || isFound(pattern, found) || texts.some((text) => isSame(pattern, text));
  });
}

/** Region and account are not compared: data sources that find them are mocked. */
function isSame(pattern: string, arn: string): boolean {
  if (isMatch(pattern, arn)) return true;
  const [, , service = "", , , ...rest] = pattern.split(":");
  const [, , own = "", , , ...name] = arn.split(":");
  return rest.length > 0 && isMatch(service, own) && isMatch(rest.join(":"), name.join(":"));
}
