import { command, parse, UsageError } from "../../command-line/arguments.ts";
import { chooseEnvironments } from "../../stacks/config/choose-environments.ts";
import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import type { Environment, EnvironmentsInput } from "../../stacks/config/environment-schema.ts";
import { problemWithTerraform, programOf, type Variables } from "../../stacks/terraform-program.ts";

/** The settings of `npm run rehearse`. */
export interface Settings {
  readonly environments: EnvironmentsInput;
  readonly environment: Environment;
  /** The emulator's URL; undefined in an AWS account. */
  readonly endpoint: URL | undefined;
  /** Terraform or OpenTofu. */
  readonly program: string;
  readonly path: string;
  readonly yes: boolean;
}

/**
 * @param environments what `environments.ts` exports
 * @param variables the environment variables of this process
 * @throws ConfigError, UsageError; CommanderError with the exit code 0 after a help text
 */
export function rehearsalSettings(
  environments: object,
  args: readonly string[],
  variables: Variables,
): Settings {
  const parsed = command("npm run rehearse --", "Deploys an environment, tries it and destroys it.")
    .argument("[env]", "the environment")
    .option("--account <id>", "a disposable AWS account (otherwise the emulator AWS_ENDPOINT_URL)")
    .option("--path <path>", "a path of the app that reads from Redis", "/guests")
    .option("--yes", "begins without a question");
  const given = parse(parsed, args) as { account?: string; path: string; yes?: true };
  const { account, path, yes = false } = given;
  // Without a name, the error lists what is allowed.
  const [chosen] = chooseEnvironments(environments, [parsed.args[0] ?? ""]);
  const environment = ensureDefined(chosen, "environment");
  if (account !== undefined) expectDisposable(environment, account);
  const endpoint = account === undefined ? endpointIn(variables) : undefined;
  const problem = problemWithTerraform(variables);
  if (problem !== undefined) throw new UsageError(`${problem.missing}. ${problem.remedy}`);
  // chooseEnvironments() has parsed them.
  const all = environments as EnvironmentsInput;
  return { environments: all, environment, endpoint, program: programOf(variables), path, yes };
}

function expectDisposable(environment: Environment, account: string): void {
  const { name, network, cluster, namespace, fileSystem = {} } = environment;
  if (environment.protected) throw new UsageError(`${name} is protected; allowed: others`);
  if (account !== environment.account) {
    throw new UsageError(`--account ${account}; allowed: ${environment.account}, that of ${name}`);
  }
  if ("vpcId" in network || "name" in cluster || "id" in namespace || "id" in fileSystem) {
    const parts = "network, cluster, namespace or file system";
    throw new UsageError(`${name} uses an existing ${parts}; allowed: one that creates them`);
  }
}

const VARIABLE = "AWS_ENDPOINT_URL";
const ALLOWED =
  "allowed: the URL of an emulated AWS API, such as http://127.0.0.1:4566 (docs/rehearsal.md)";

/** Matches hosts of AWS in all partitions, and the address of the instance metadata service. */
const AWS = /(?:^|\.)amazonaws\.[a-z.]+$|\.aws$|\.ic\.gov$|^169\.254\./;

/** The emulator's URL. AWS itself is refused, so that nothing is created in a real account. */
function endpointIn({ [VARIABLE]: given = "" }: Variables): URL {
  if (given === "") throw new UsageError(`${VARIABLE} is not set; ${ALLOWED}`);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    const wanted = "is not a URL of scheme, host and port";
    throw new UsageError(`${VARIABLE}: ${JSON.stringify(given)} ${wanted}; ${ALLOWED}`);
  }
  if (!AWS.test(url.hostname.replace(/\.$/, ""))) return url;
  throw new UsageError(`${VARIABLE}: ${url.hostname} is AWS itself; ${ALLOWED}`);
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
  const removed = endpoint === undefined ? /^(?:TF_|AWS_ENDPOINT_URL)/ : /^(?:AWS|TF)_/;
  const kept = Object.entries(own).filter(([name]) => KEPT.test(name) || !removed.test(name));
  const emulated = {
    AWS_ENDPOINT_URL: endpoint?.origin,
    // MiniStack takes the account from an access key of 12 digits; the provider compares it with
    // `allowed_account_ids`.
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: "emulated",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  };
  return {
    ...Object.fromEntries(kept),
    // A profile may name another endpoint than AWS itself.
    ...(endpoint === undefined ? { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" } : emulated),
    AWS_REGION: region,
    // Version 1 of the AWS CLI reads only this.
    AWS_DEFAULT_REGION: region,
    AWS_DEFAULT_OUTPUT: "json",
    AWS_PAGER: "",
    CHECKPOINT_DISABLE: "1",
  };
}
