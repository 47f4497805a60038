import { HarnessError } from "../errors.ts";
import type { Model } from "./model.ts";
import type { DiscoveryPlan } from "./plan.ts";

/** Reads the Cloud Map services and the names their records have. */
export function readDiscovery(model: Model): ReadonlyMap<string, DiscoveryPlan> {
  const services = model.all("aws_service_discovery_service").map((service): DiscoveryPlan => {
    const { address, arguments: args } = service;
    const dns = args.dns_config;
    if (!dns || dns.dns_records.length === 0) {
      const message = `${address}.dns_config: a service without DNS records is not modelled`;
      throw new HarnessError("ERR_UNSUPPORTED", message);
    }
    const namespace = model.referred(
      "aws_service_discovery_private_dns_namespace",
      dns.namespace_id,
      `${address}.dns_config.namespace_id`,
    ).arguments.name;
    return {
      address,
      namespace,
      name: `${args.name}.${namespace}`,
      routingPolicy: dns.routing_policy,
      records: dns.dns_records,
    };
  });
  return new Map(services.map((service) => [service.address, service]));
}
