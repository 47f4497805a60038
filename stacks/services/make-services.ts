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

/** Creates the services of an environment, except the app and Redis. */
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

/** The app's variables with the addresses of services. */
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

/** Statements that allow the app to query Cloud Map for these services. */
export function discoverServices(
  { services }: Pick<Environment, "services">,
  names: Names,
): Statement[] {
  const [first, ...more] = Object.keys(services).map((name) => names.service(name));
  return first === undefined ? [] : [discover(names.namespace, first, ...more)];
}
