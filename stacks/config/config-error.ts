/** One problem in `environments.ts`. */
export interface ConfigProblem {
  /** Name of the environment; "" for `parseRedis` and `parseService`. */
  readonly environment: string;
  /** Dotted path of the field inside the environment, for example `redis.memory`; "" is the whole environment. */
  readonly field: string;
  /** What was found and what is allowed. */
  readonly message: string;
}

/**
 * The configuration is invalid. Nothing was built. The message lists every problem: the environment, the
 * field, the value found and what is allowed.
 *
 * Codes: `ERR_CONFIG_INVALID`, `ERR_CONFIG_UNKNOWN_ENVIRONMENT`.
 *
 * @throws none
 * @example
 * try {
 *   parseRedis("redis", { memory: 1 });
 * } catch (error) {
 *   if (!(error instanceof ConfigError)) throw error;
 *   for (const { field } of error.problems) console.log(field); // memory
 * }
 */
export class ConfigError extends Error {
  /** Name of the class. */
  override readonly name = "ConfigError";
  /** Stable code, for programs. */
  readonly code: "ERR_CONFIG_INVALID" | "ERR_CONFIG_UNKNOWN_ENVIRONMENT";
  /** All problems found; empty for an unknown environment. */
  readonly problems: readonly ConfigProblem[];
  /** @internal What a command exits with: 2 for a name in its arguments that no environment has. */
  readonly exitCode: 1 | 2;

  constructor(
    code: ConfigError["code"],
    message: string,
    problems: readonly ConfigProblem[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.problems = problems;
    this.exitCode = code === "ERR_CONFIG_UNKNOWN_ENVIRONMENT" ? 2 : 1;
  }

  /** @internal */
  static invalid(problems: readonly ConfigProblem[], source = "environments.ts"): ConfigError {
    const lines = problems.map(({ environment, field, message }) => {
      const where = [environment, field].filter((part) => part !== "").join(".");
      return `  ${where}: ${message}`;
    });
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    return new ConfigError(
      "ERR_CONFIG_INVALID",
      [`${source} has ${count}:`, ...lines].join("\n"),
      problems,
    );
  }

  /** @internal */
  static unknownEnvironment(name: string, known: readonly string[]): ConfigError {
    return new ConfigError(
      "ERR_CONFIG_UNKNOWN_ENVIRONMENT",
      `unknown environment ${JSON.stringify(name)}; allowed: ${known.join(", ")}`,
    );
  }
}
