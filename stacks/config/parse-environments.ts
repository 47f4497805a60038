import { refuseCollisions } from "./contradictions/collisions.ts";
import { refuseContradictions } from "./contradictions/index.ts";
import { type Environment, environmentSchema } from "./environment-schema.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { problemsOf } from "./config-problems.ts";

const checkedSchema = environmentSchema.superRefine(refuseContradictions);

// Names in AWS begin with it, and have rules: a load balancer's has at most 32 characters and does not
// begin with internal-, a capacity provider's not with aws, ecs or fargate, a security group's not
// with sg-. Constructs cannot be named as what every object has.
const environmentName =
  /^(?!aws|ecs|fargate|internal|sg(-|$)|constructor$)[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;
const environmentNameAllowed =
  "1 to 20 lower-case letters, digits and hyphens, the first a letter, the last no hyphen; " +
  "not aws..., ecs..., fargate..., internal..., sg-... or constructor";

/**
 * Validates every environment, and the environments against each other.
 *
 * @param environments the object that `environments.ts` exports, not yet checked
 * @returns the environments in the order written
 * @throws {ConfigError} `ERR_CONFIG_INVALID` with all problems found
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
        message: "allowed: an object from environment name to its configuration, one or more",
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
    : [{ environment: name, field: "", message: `not a name; allowed: ${environmentNameAllowed}` }];
  const result = checkedSchema.safeParse(value);
  if (!result.success) problems.push(...problemsOf(name, value, result.error.issues));
  return result.success ? { environment: { ...result.data, name }, problems } : { problems };
}
