import { z } from "zod";
import { block, blocks, count, flag, noEffect, resource, seconds, text } from "../fields.ts";

const redirect = z.strictObject({
  status_code: z.enum(["HTTP_301", "HTTP_302"]),
  host: text.default("#{host}"),
  path: text.default("/#{path}"),
  port: text.default("#{port}"),
  protocol: text.default("#{protocol}"),
  query: text.default("#{query}"),
});

/** One or more target groups, each with its share of the requests. */
const weightedForward = z.strictObject({
  target_group: blocks(z.strictObject({ arn: text, weight: count.default(1) })),
  // Requests are shared out one by one.
  stickiness: noEffect,
});

/** The action of a listener or a rule. */
const action = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("forward"),
    target_group_arn: text.optional(),
    forward: block(weightedForward),
    order: noEffect,
  }),
  z.strictObject({ type: z.literal("redirect"), redirect: block(redirect), order: noEffect }),
  z.strictObject({
    type: z.literal("fixed-response"),
    order: noEffect,
    fixed_response: block(
      z.strictObject({
        content_type: text,
        message_body: text.default(""),
        status_code: count.default(200),
      }),
    ),
  }),
]);

const values = z.strictObject({ values: z.array(text) });

/** Load balancers, their listeners with rules, and target groups. */
export const loadBalancerSchemas = {
  aws_lb: resource({
    name: text.optional(),
    name_prefix: text.optional(),
    load_balancer_type: z.enum(["application"]).default("application"),
    idle_timeout: seconds.default(60),
    internal: noEffect,
    security_groups: noEffect,
    subnets: noEffect,
    subnet_mapping: noEffect,
    access_logs: noEffect,
    connection_logs: noEffect,
    client_keep_alive: noEffect,
    desync_mitigation_mode: noEffect,
    drop_invalid_header_fields: noEffect,
    enable_cross_zone_load_balancing: noEffect,
    enable_deletion_protection: noEffect,
    enable_http2: noEffect,
    enable_tls_version_and_cipher_suite_headers: noEffect,
    enable_waf_fail_open: noEffect,
    enable_xff_client_port: flag.default(false),
    enable_zonal_shift: noEffect,
    ip_address_type: noEffect,
    preserve_host_header: noEffect,
    xff_header_processing_mode: z.enum(["append"]).optional(),
  }),
  aws_lb_listener: resource({
    load_balancer_arn: text,
    port: count,
    protocol: z.enum(["HTTP", "HTTPS"]).default("HTTP"),
    certificate_arn: noEffect,
    ssl_policy: noEffect,
    default_action: block(action),
  }),
  aws_lb_listener_rule: resource({
    listener_arn: text,
    priority: count.optional(),
    action: block(action),
    condition: blocks(
      z.strictObject({
        path_pattern: block(values),
        host_header: block(values),
        http_request_method: block(values),
        http_header: block(z.strictObject({ http_header_name: text, values: z.array(text) })),
        query_string: blocks(z.strictObject({ key: text.optional(), value: text })),
      }),
    ),
  }),
  aws_lb_target_group: resource({
    name: text.optional(),
    name_prefix: text.optional(),
    port: count,
    protocol: z.enum(["HTTP"]).default("HTTP"),
    protocol_version: z.enum(["HTTP1"]).default("HTTP1"),
    target_type: z.enum(["instance", "ip"], "expected instance or ip").default("instance"),
    deregistration_delay: seconds.default(300),
    load_balancing_algorithm_type: z.enum(["round_robin"]).default("round_robin"),
    health_check: block(
      z.strictObject({
        enabled: flag.default(true),
        // The provider's defaults for a block. Without a block the API's are 5 and 2.
        healthy_threshold: count.default(3),
        unhealthy_threshold: count.default(3),
        interval: seconds.default(30),
        timeout: seconds.default(5),
        matcher: text.default("200"),
        path: text.default("/"),
        port: z.enum(["traffic-port"]).default("traffic-port"),
        protocol: z.enum(["HTTP"]).default("HTTP"),
      }),
    ),
    vpc_id: noEffect,
    stickiness: block(
      z.strictObject({
        enabled: z.literal(false),
        type: noEffect,
        cookie_duration: noEffect,
        cookie_name: noEffect,
      }),
    ),
    slow_start: z.union([z.literal(0), z.literal("0")]).optional(),
    load_balancing_cross_zone_enabled: noEffect,
    ip_address_type: noEffect,
  }),
} as const;
