import { entryOf } from "../types/resource-type.ts";
import { HarnessError } from "../../base/errors.ts";
import type { Model } from "./model.ts";
import type { DiscoveryPlan } from "./plan.ts";
import { parseSymbol } from "../expression/symbol.ts";
import { checkUnique } from "./unique.ts";

/** Reads the Cloud Map services and their names. */
export function readDiscovery(
  model: Model,
  namespaces: Readonly<Record<string, string>>,
): ReadonlyMap<string, DiscoveryPlan> {
  const services = model.read("aws_service_discovery_service", (service): DiscoveryPlan => {
    const { address, arguments: args } = service;
    const { dns_config: dns, namespace_id: own } = args;
    const id = dns?.namespace_id ?? own;
    if (id === undefined) {
      const message = `${address}.namespace_id: is required, or one in dns_config`;
      throw new HarnessError("ERR_TEMPLATE", message);
    }
    const where = `${address}.${dns ? "dns_config." : ""}namespace_id`;
    const namespace = namespaceOf(model, id, where, namespaces);
    if (own !== undefined && own !== id) {
      const message = `${address}.namespace_id: must be the namespace of dns_config`;
      throw new HarnessError("ERR_TEMPLATE", message);
    }
    return {
      address,
      namespace,
      name: `${args.name}.${namespace}`,
      routingPolicy: dns?.routing_policy ?? "MULTIVALUE",
      ...(!args.health_check_custom_config && { ignoresHealth: true }),
      // Without records, as in an HTTP namespace, its instances are found by the API alone.
      records: dns?.dns_records ?? [],
    };
  });
  model.problems.attempt(() =>
    checkUnique(services, ({ address, name }) => [`${address}.name`, name]),
  );
  return new Map(services.map((service) => [service.address, service]));
}

/** Names of the template's namespaces, and of existing ones outside it. */
export function readNamespaces(
  model: Model,
  external: Readonly<Record<string, string>>,
): readonly string[] {
  const own = model.all("aws_service_discovery_private_dns_namespace");
  return [...own.map((namespace) => namespace.arguments.name), ...Object.values(external)];
}

/** The name of a namespace of the template, or of an existing one outside it. */
function namespaceOf(
  model: Model,
  id: string,
  where: string,
  namespaces: Readonly<Record<string, string>>,
): string {
  const external = entryOf(namespaces, id);
  if (external !== undefined) return external;
  const symbol = parseSymbol(id);
  if (symbol) {
    const type = symbol.address.includes("aws_service_discovery_http_namespace.")
      ? "aws_service_discovery_http_namespace"
      : "aws_service_discovery_private_dns_namespace";
    return model.referred(type, id, where).arguments.name;
  }
  const message = `${where}: namespace "${id}" is not declared; give its name`;
  throw new HarnessError("ERR_UNSUPPORTED", message, { hint: { option: "namespaces", name: id } });
}
