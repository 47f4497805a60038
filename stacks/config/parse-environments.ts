import { refuseCollisions } from "./contradictions/collisions.ts";
import { refuseContradictions } from "./contradictions/index.ts";
import { type Environment, environmentSchema } from "./environment-schema.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { problemsOf } from "./config-problems.ts";

const checkedSchema = environmentSchema.superRefine(refuseContradictions);

// Names in AWS begin with this name, and AWS restricts them. The name of a load balancer has at most 32 characters
// and must not begin with internal-, that of a capacity provider not with aws, ecs or fargate, that of a
// security group not with sg-. CDKTF does not allow "constructor" as a construct's id.
const environmentName =
  /^(?!aws|ecs|fargate|internal|sg(-|$)|constructor$)[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;
const environmentNameAllowed =
  "1 to 20 lower-case letters, digits and hyphens; it must begin with a letter and not end with a hyphen; " +
  "not aws..., ecs..., fargate..., internal..., sg-... or constructor";

/**
 * Validates every environment, and the environments against each other.
 *
 * @param environments the object that `environments.ts` exports
 * @returns the environments in the same order
 * @throws {ConfigError} `ERR_CONFIG_INVALID` with all problems
 * @example
 * const [first] = parseEnvironments(environments);
 * console.log(first?.redis.kind); // service
 */
export function parseEnvironments(environments: unknown): Environment[] {
  if (!isNonEmptyObject(environments)) {
    throw ConfigError.invalid([
      {
        environment: "environments",
        field: "",
        message:
          "allowed: an object from environment name to configuration, with one or more environments",
      },
    ]);
  }
  const parsed = Object.entries(environments).map(([name, value]) => parseOne(name, value));
  const problems = parsed.flatMap((result) => result.problems);
  const valid = parsed.flatMap((result) => result.environment ?? []);
  problems.push(...refuseCollisions(valid));
  if (problems.length > 0) throw ConfigError.invalid(problems);
  return valid;
}

function isNonEmptyObject(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length > 0
  );
}

function parseOne(
  name: string,
  value: unknown,
): { environment?: Environment; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = environmentName.test(name)
    ? []
    : [
        {
          environment: name,
          field: "",
          message: `invalid name; allowed: ${environmentNameAllowed}`,
        },
      ];
  const result = checkedSchema.safeParse(value);
  if (!result.success) problems.push(...problemsOf(name, value, result.error.issues));
  return result.success ? { environment: { ...result.data, name }, problems } : { problems };
}
