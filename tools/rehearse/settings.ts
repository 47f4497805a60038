import { command, parse, UsageError } from "../../command-line/arguments.ts";
import { chooseEnvironments } from "../../stacks/config/choose-environments.ts";
import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import type { Environment } from "../../stacks/config/environment-schema.ts";
import { problemWithTerraform, programOf, type Variables } from "../../stacks/terraform-program.ts";

/** A variable, a program, the emulator or the account is missing or wrong. Nothing was created. */
export class SetupError extends Error {
  override readonly name = "SetupError";
  readonly code = "ERR_REHEARSAL_SETUP";
}

/** The settings of `npm run rehearse`. */
export interface Settings {
  readonly environment: Environment;
  /** The emulator's URL; undefined in an AWS account. */
  readonly endpoint: URL | undefined;
  /** Terraform or OpenTofu. */
  readonly program: string;
  /** A path of the app that reads from Redis. */
  readonly path: string;
  /** Begins without a question. */
  readonly yes: boolean;
}

/** A new command for each parse, because commander stores the parsed arguments in it. */
const rehearseCommand = () =>
  command("npm run rehearse --", "Deploys an environment, tries it and destroys it.")
    .argument("[env]", "the environment")
    .option("--account <id>", "a disposable AWS account (otherwise the emulator AWS_ENDPOINT_URL)")
    .option("--path <path>", "a path of the app that reads from Redis", "/guests")
    .option("--yes", "begins without a question");

/**
 * @param environments what `environments.ts` exports
 * @param variables the environment variables of this process
 * @throws SetupError, ConfigError, UsageError; CommanderError with the exit code 0 after a help text
 */
export function rehearsalSettings(
  environments: object,
  args: readonly string[],
  variables: Variables,
): Settings {
  const parsed = rehearseCommand();
  const { account, path, yes } = parse(parsed, args) as Record<string, string | undefined>;
  const chosen = chooseEnvironments(environments, parsed.args);
  if (parsed.args.length === 0) {
    const names = chosen.map(({ name }) => name).join(", ");
    throw new UsageError(`error: the environment is missing; allowed: ${names}`);
  }
  const environment = ensureDefined(chosen[0], "environment");
  if (account !== undefined) expectDisposable(environment, account, variables);
  const endpoint = account === undefined ? endpointIn(variables) : undefined;
  const problem = problemWithTerraform(variables);
  if (problem !== undefined) throw new SetupError(`${problem.missing}. ${problem.remedy}`);
  const program = programOf(variables);
  return { environment, endpoint, program, path: path ?? "", yes: yes !== undefined };
}

function expectDisposable(environment: Environment, account: string, variables: Variables): void {
  const { name, network, cluster, namespace, fileSystem = {} } = environment;
  const redirected = Object.keys(variables).find((key) => key.startsWith("AWS_ENDPOINT_URL"));
  if (environment.protected) throw new SetupError(`${name} is protected; allowed: others`);
  if (account !== environment.account) {
    const own = `${name}.account is ${environment.account}`;
    throw new SetupError(`--account ${account}: ${own}; allowed: the same account`);
  }
  if ("vpcId" in network || "name" in cluster || "id" in namespace || "id" in fileSystem) {
    const parts = "network, cluster, namespace or file system";
    throw new SetupError(`${name} uses an existing ${parts}; allowed: one that creates them`);
  }
  if (redirected !== undefined) {
    throw new SetupError(`${redirected} is set; allowed with --account: AWS itself`);
  }
}

const VARIABLE = "AWS_ENDPOINT_URL";
const ALLOWED = "allowed: the URL of an emulated AWS API, such as http://127.0.0.1:4566";

/** The version is that of emulator.ts. */
export const HOW_TO_START = `install one: pipx install 'ministack==1.5.33'; start it: BIND_HOST=127.0.0.1 GATEWAY_PORT=4566 ministack; then set ${VARIABLE}=http://127.0.0.1:4566`;

/** Matches hosts of AWS in all partitions, and the address of the instance metadata service. */
const AWS = /(?:^|\.)amazonaws\.[a-z.]+$|\.aws$|\.ic\.gov$|^169\.254\./;

/** The emulator's URL. AWS itself is refused, so that nothing is created in a real account. */
function endpointIn({ [VARIABLE]: given = "" }: Variables): URL {
  if (given === "") throw new SetupError(`${VARIABLE} is not set; ${HOW_TO_START}`);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    const wanted = "is not a URL of scheme, host and port";
    throw new SetupError(`${VARIABLE}: ${JSON.stringify(given)} ${wanted}; ${ALLOWED}`);
  }
  if (!AWS.test(url.hostname.replace(/\.$/, ""))) return url;
  throw new SetupError(`${VARIABLE}: ${url.hostname} is AWS itself; ${ALLOWED}`);
}

/** The user's variables for Terraform that are kept: where providers come from, and what is logged. */
const KEPT = /^TF_(?:CLI_CONFIG_FILE|PLUGIN_CACHE_(?:DIR|MAY_BREAK\w+)|LOG|LOG_PATH)$/;

/**
 * The environment variables of Terraform and of the AWS CLI, without a workspace or arguments of the user. For an
 * emulator, all of AWS is removed too: a profile or the endpoint of a single service could select a real account. AWS
 * itself would refuse these credentials.
 */
export function programVariables({ environment, endpoint }: Settings, own: Variables): Variables {
  const { account, region } = environment;
  const removed = endpoint === undefined ? /^TF_/ : /^(?:AWS|TF)_/;
  const kept = Object.entries(own).filter(([name]) => KEPT.test(name) || !removed.test(name));
  const emulated = {
    AWS_ENDPOINT_URL: endpoint?.origin,
    // MiniStack takes the account from an access key of 12 digits; the provider compares it with
    // `allowed_account_ids`.
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "emulated",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  return {
    ...Object.fromEntries(kept),
    // A profile may name another endpoint.
    ...(endpoint === undefined ? { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" } : emulated),
    AWS_REGION: region,
    // Version 1 of the AWS CLI reads only this.
    AWS_DEFAULT_REGION: region,
    AWS_DEFAULT_OUTPUT: "json",
    AWS_PAGER: "",
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
  };
}
