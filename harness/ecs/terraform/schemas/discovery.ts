import { z } from "zod";
import {
  block,
  blocks,
  cloudMapNamespace,
  cloudMapService,
  count,
  flag,
  noEffect,
  resource,
  text,
} from "../fields.ts";

/** Cloud Map: namespaces and their services. */
export const discoverySchemas = {
  aws_service_discovery_private_dns_namespace: resource({
    name: cloudMapNamespace,
    vpc: noEffect,
    description: noEffect,
  }),
  aws_service_discovery_http_namespace: resource({
    name: cloudMapNamespace,
    description: noEffect,
  }),
  aws_service_discovery_service: resource({
    name: cloudMapService,
    namespace_id: text.optional(),
    dns_config: block(
      z.strictObject({
        namespace_id: text,
        routing_policy: z.enum(["MULTIVALUE", "WEIGHTED"]).default("MULTIVALUE"),
        dns_records: blocks(z.strictObject({ type: z.enum(["SRV", "A"]), ttl: count })),
      }),
    ),
    health_check_custom_config: block(z.strictObject({ failure_threshold: noEffect })),
    type: z.enum(["DNS_HTTP", "HTTP"]).optional(),
    description: noEffect,
    force_destroy: flag.default(false),
  }),
} as const;
