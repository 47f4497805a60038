import { checkNumber } from "./base/arguments.ts";
import { invalid } from "./base/errors.ts";
import type { Platform } from "./machine/platform.ts";
import type { LocalImages } from "./tasks/image.ts";
import type { TemplateSource } from "./terraform/template.ts";

/** Beyond it a check's timeout would be shorter than a check takes. */
const FASTEST = 60;

/** What {@link startLocalEcs} takes. */
export interface LocalEcsOptions {
  /** The environment's `cdktf.out/stacks/<env>/cdk.tf.json`, its content, or a module of a saved plan. */
  readonly template: TemplateSource;
  /** The local images, by the end of a repository's name. */
  readonly images: LocalImages;
  /** Values of SSM parameters that the template reads, by name. @default {} */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Values of secrets that exist outside the template, by name. @default {} */
  readonly secrets?: Readonly<Record<string, string>>;
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
   * Host names outside the template, with the addresses that containers get for them: of a managed
   * Redis, for example. @default {}
   */
  readonly hostnames?: Readonly<Record<string, string>>;
  /** TTL in seconds of a namespace's SOA record, and so of negative answers. @default 15 */
  readonly soaTtl?: number;
  /** Milliseconds until Cloud Map shows a change of a task's health. @default 30_000 */
  readonly healthLag?: number;
  /** Milliseconds a service may take where the template waits for its steady state. @default 120_000 */
  readonly steadyStateTimeout?: number;
  /**
   * How many times as fast as in AWS the health checks of containers and their restart policies run: with
   * 12, a failure that takes five minutes there takes 25 s. Stop timeouts, TTLs, grace periods and the
   * checks of a load balancer keep their length. @default 1
   */
  readonly speed?: number;
  /**
   * `false` for what not to use although this machine supports it, `{ users: false }`; see
   * `LocalEcs.platform`. @default {}
   */
  readonly platform?: Partial<Platform>;
  /**
   * Whether a lost host loses what its programs have written to their volumes and not synced (fsync), as a
   * client of NFS does. It takes Linux 5.19 and Perl. @default false: all that was written is there
   */
  readonly losesUnsynced?: boolean;
  /** Draws addresses, placements and answers. @default Math.random */
  readonly random?: () => number;
}

/**
 * The options with their defaults.
 * @throws HarnessError ERR_INVALID_ARG naming the option, what it got and what is allowed
 */
export function withDefaults(options: LocalEcsOptions): Required<LocalEcsOptions> {
  const { template, images } = options;
  const {
    parameters = {},
    secrets = {},
    namespaces = {},
    attributes = {},
    hostnames = {},
  } = options;
  const { soaTtl = 15, healthLag = 30_000, steadyStateTimeout = 120_000 } = options;
  for (const [name, value] of Object.entries({ soaTtl, healthLag, steadyStateTimeout })) {
    checkNumber(`option ${name}`, value);
  }
  const { platform = {}, random = Math.random, speed = 1, losesUnsynced = false } = options;
  if (typeof speed !== "number" || !(speed >= 1 && speed <= FASTEST)) {
    throw invalid(`option speed: expected a number from 1 to ${FASTEST}, got ${String(speed)}`);
  }
  const outside = { parameters, secrets, namespaces, attributes, hostnames };
  const times = { soaTtl, healthLag, steadyStateTimeout };
  return { template, images, ...outside, ...times, platform, losesUnsynced, random, speed };
}
