import { z } from "zod";
import {
  block,
  blocks,
  cloudMapNamespace,
  cloudMapService,
  computed,
  count,
  flag,
  noEffect,
  refersTo,
  resource,
} from "./fields.ts";
import { always, ANY_CHANGE, type ResourceTypes } from "./resource-type.ts";

/** A namespace that clients of Service Connect name. */
export const namespaceArn = refersTo(
  "aws_service_discovery_http_namespace.arn",
  "aws_service_discovery_private_dns_namespace.arn",
);

/**
 * The settings that force a new service. A TTL changes in place; a namespace, a routing policy or a record type
 * does not.
 */
const withoutTtl = (values: Readonly<Record<string, unknown>>): unknown =>
  JSON.stringify(values["dns_config"], (key, value: unknown) => (key === "ttl" ? null : value));

/** Cloud Map: namespaces and their services. */
export const discovery = {
  aws_service_discovery_private_dns_namespace: {
    schema: resource({
      name: cloudMapNamespace,
      vpc: noEffect,
      description: noEffect,
    }),
    replacedBy: always("name", "vpc"),
    // Not added, because containers know the namespaces of the start.
    changeable: ["delete"],
    placeholder: { arn: "servicediscovery:namespace/", id: "ns-" },
  },
  aws_service_discovery_http_namespace: {
    schema: resource({
      name: cloudMapNamespace,
      description: noEffect,
    }),
    replacedBy: always("name", "description"),
    placeholder: { arn: "servicediscovery:namespace/", id: "ns-" },
  },
  aws_service_discovery_service: {
    schema: resource({
      name: cloudMapService,
      namespace_id: refersTo(
        "aws_service_discovery_private_dns_namespace.id",
        "aws_service_discovery_http_namespace.id",
      ).optional(),
      dns_config: block(
        z.strictObject({
          namespace_id: refersTo("aws_service_discovery_private_dns_namespace.id"),
          routing_policy: z.enum(["MULTIVALUE", "WEIGHTED"]).default("MULTIVALUE"),
          dns_records: blocks(z.strictObject({ type: z.enum(["SRV", "A"]), ttl: count })),
        }),
      ),
      health_check_custom_config: block(z.strictObject({ failure_threshold: noEffect })),
      type: computed(z.enum(["DNS_HTTP", "HTTP"]).optional()),
      description: noEffect,
      force_destroy: flag.default(false),
    }),
    replacedBy: {
      ...always("name", "namespace_id", "type", "health_check_custom_config"),
      dns_config: (before, after, refersToNew) =>
        refersToNew(after["dns_config"]) || withoutTtl(before) !== withoutTtl(after),
    },
    changeable: ANY_CHANGE,
    placeholder: { arn: "servicediscovery:service/", id: "srv-" },
  },
  aws_service_discovery_public_dns_namespace: { refused: "only private namespaces are modelled" },
  aws_service_discovery_instance: { refused: "only tasks are instances" },
} as const satisfies ResourceTypes;
