import type { TerraformStack } from "cdktf";
import type { ClusterParts } from "../cluster/cluster.ts";
import { addressVariable } from "../config/services-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import { DiscoveredService } from "./discovered-service.ts";
import { discover, type Discovery } from "../discovery/discovery.ts";
import type { Names } from "../config/names.ts";
import type { NetworkParts } from "../network/network.ts";
import type { Statement } from "../aws/policy.ts";

export interface ServicesProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly network: NetworkParts;
  readonly cluster: ClusterParts;
  /** Defined if there are services. */
  readonly discovery: Discovery | undefined;
  readonly clientSecurityGroupIds: readonly string[];
}

/** Creates an environment's services except app and Redis, each under its own name in the stack. */
export function makeServices(stack: TerraformStack, props: ServicesProps): void {
  const { environment, names, discovery } = props;
  if (discovery === undefined) return;
  for (const [name, config] of Object.entries(environment.services)) {
    new DiscoveredService(stack, `service_${name}`, {
      ...props,
      settings: environment,
      name: names.service(name),
      config,
      discovery,
      logGroup: names.logGroup(name),
    });
  }
}

/** The addresses of services, for the app's variables. */
export function addressesOf(
  { services }: Pick<Environment, "services">,
  names: Names,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(services).map(([name, config]) => {
      const address = `${names.service(name)}.${names.namespace}`;
      return [
        addressVariable(name, config),
        config.records === "SRV" ? address : `${address}:${config.port}`,
      ];
    }),
  );
}

/** Lets the app ask Cloud Map for these services. */
export function discoverServices(
  { services }: Pick<Environment, "services">,
  names: Names,
): Statement[] {
  const [first, ...more] = Object.keys(services).map((name) => names.service(name));
  return first === undefined ? [] : [discover(names.namespace, first, ...more)];
}
