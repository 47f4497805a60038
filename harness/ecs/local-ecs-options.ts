import { checkNumber } from "./base/arguments.ts";
import { invalid } from "./base/errors.ts";
import type { Platform } from "./machine/platform.ts";
import type { EnvironmentFiles } from "./tasks/environment-files.ts";
import type { LocalImages } from "./tasks/image.ts";
import type { Plan } from "./terraform/plan/plan.ts";
import type { TemplateSource } from "./terraform/template.ts";

/** At a higher speed a check's timeout would be shorter than a check needs. */
const FASTEST = 60;

/** Options of {@link startLocalEcs}. */
export interface LocalEcsOptions {
  /**
   * The path of an environment's `cdktf.out/stacks/<env>/cdk.tf.json`, its content, a module of a saved plan, or a
   * template that `readTemplate` has returned.
   */
  readonly template: TemplateSource;
  /** The local images. A key is the end of a repository's name. */
  readonly images: LocalImages;
  /** Values of SSM parameters that the template reads, by name. @default {} */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Values of secrets that exist outside the template, by name. @default {} */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Files in place of environment files in S3, by an object's ARN or the last part of it: `{ "app.env": "local.env" }`.
   * Tasks read them when they start. @default {}
   */
  readonly environmentFiles?: EnvironmentFiles;
  /**
   * Names of Cloud Map namespaces that exist outside the template, by id: `{ "ns-0123": "dev-ecs" }`.
   * @default {}
   */
  readonly namespaces?: Readonly<Record<string, string>>;
  /**
   * Local values of attributes that only AWS knows, by `address.attribute`: the endpoint of a managed
   * Redis, `{ "aws_elasticache_replication_group.x.primary_endpoint_address": "127.0.0.1" }`.
   * @default {}
   */
  readonly attributes?: Readonly<Record<string, string>>;
  /**
   * Additional host names and the addresses that containers get for them: of a managed Redis, for example.
   * @default {}
   */
  readonly hostnames?: Readonly<Record<string, string>>;
  /**
   * URLs of AWS APIs for the containers' SDKs, by variable: `{ AWS_ENDPOINT_URL: "http://127.0.0.1:4566" }`, or
   * `AWS_ENDPOINT_URL_S3` for one service. @default {}: calls fail with a message, except DiscoverInstances
   */
  readonly endpoints?: Readonly<Record<string, string>>;
  /**
   * Changes the plan of each template before it runs: other counts, fewer containers. A template that was read stays as
   * it is. @default nothing
   */
  readonly adjust?: (plan: Plan) => Plan;
  /** TTL of a namespace's SOA record in seconds, which is also the TTL of negative answers. @default 15 */
  readonly soaTtl?: number;
  /** Milliseconds until Cloud Map shows a changed health status. @default 30_000 */
  readonly healthLag?: number;
  /** Milliseconds until a service must be steady, if the template waits for its steady state. @default 120_000 */
  readonly steadyStateTimeout?: number;
  /**
   * How many times faster than in AWS health checks of containers and restart policies run, and the 40 s pass after which a
   * task that nothing checks counts as healthy: with 12, a failure that takes five minutes in AWS takes 25 s. Stop timeouts, TTLs, grace periods and the checks of a load
   * balancer do not change. @default 1
   */
  readonly speed?: number;
  /**
   * Set a feature to `false` to turn it off although this machine supports it, `{ users: false }`; see
   * `LocalEcs.platform`. @default {}
   */
  readonly platform?: Partial<Platform>;
  /**
   * Whether load balancers keep connections to targets and use them again, as in AWS. Then a request gets 502 if the target
   * closes its connection just before: let an app keep idle connections for longer than the balancer's `idle_timeout`.
   * @default false: each request has its own connection
   */
  readonly keepAlive?: boolean;
  /** Random numbers for addresses, placements and answers. @default Math.random */
  readonly random?: () => number;
}

/**
 * Returns the options with defaults.
 * @throws HarnessError ERR_INVALID_ARG with the option, its value and the allowed values
 */
export function withDefaults(options: LocalEcsOptions): Required<LocalEcsOptions> {
  const { template, images } = options;
  const {
    parameters = {},
    secrets = {},
    environmentFiles = {},
    namespaces = {},
    attributes = {},
    hostnames = {},
    endpoints = {},
    adjust = (plan) => plan,
  } = options;
  const { soaTtl = 15, healthLag = 30_000, steadyStateTimeout = 120_000 } = options;
  for (const [name, value] of Object.entries({ soaTtl, healthLag, steadyStateTimeout })) {
    checkNumber(`option ${name}`, value);
  }
  checkEndpoints(endpoints);
  const { platform = {}, random = Math.random, speed = 1 } = options;
  const { keepAlive = false } = options;
  if (typeof speed !== "number" || !(speed >= 1 && speed <= FASTEST)) {
    throw invalid(`option speed: expected a number from 1 to ${FASTEST}, got ${String(speed)}`);
  }
  const given = { parameters, secrets, environmentFiles, namespaces, attributes };
  const existing = { ...given, hostnames, endpoints, adjust };
  const times = { soaTtl, healthLag, steadyStateTimeout };
  return {
    template,
    images,
    ...existing,
    ...times,
    platform,
    keepAlive,
    random,
    speed,
  };
}

function checkEndpoints(endpoints: NonNullable<LocalEcsOptions["endpoints"]>): void {
  for (const [name, url] of Object.entries(endpoints)) {
    const isVariable = /^AWS_ENDPOINT_URL(_[A-Z0-9_]+)?$/.test(name);
    if (isVariable && /^https?:\/\/./.test(url) && URL.canParse(url)) continue;
    const allowed = "AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_SERVICE with an http or https URL";
    throw invalid(`option endpoints: expected ${allowed}, got ${name}=${url}`);
  }
}
