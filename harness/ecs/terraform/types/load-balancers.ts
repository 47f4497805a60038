import { z } from "zod";
import {
  block,
  blocks,
  computed,
  count,
  flag,
  noEffect,
  refersTo,
  resource,
  seconds,
  urlPath,
  text,
} from "./fields.ts";
import { always, type ResourceTypes } from "./resource-type.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html */
const status = count.pipe(
  z
    .number()
    .refine((code) => [2, 4, 5].includes(Math.floor(code / 100)), "expected 2XX, 4XX or 5XX"),
);

const redirect = z.strictObject({
  status_code: z.enum(["HTTP_301", "HTTP_302"]),
  host: text.default("#{host}"),
  path: text.default("/#{path}"),
  port: text.default("#{port}"),
  protocol: text.default("#{protocol}"),
  query: text.default("#{query}"),
});

/** One or more target groups. All requests go to the one with the largest weight. */
const weightedForward = z.strictObject({
  target_group: blocks(
    z.strictObject({ arn: refersTo("aws_lb_target_group.arn"), weight: count.default(1) }),
  ),
  stickiness: noEffect,
});

/** The action of a listener or a rule. */
const action = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("forward"),
    target_group_arn: refersTo("aws_lb_target_group.arn").optional(),
    forward: block(weightedForward),
    order: noEffect,
  }),
  z.strictObject({ type: z.literal("redirect"), redirect: block(redirect), order: noEffect }),
  z.strictObject({
    type: z.literal("fixed-response"),
    order: noEffect,
    fixed_response: block(
      z.strictObject({
        content_type: z.enum([
          "text/plain",
          "text/css",
          "text/html",
          "application/javascript",
          "application/json",
        ]),
        message_body: text.default(""),
        status_code: computed(status.default(200)),
      }),
    ),
  }),
]);

/** Seconds, up to what AWS allows. */
const atMost = (most: number) => seconds.pipe(z.number().max(most, `expected at most ${most}`));

const values = z.strictObject({ values: z.array(text) });

const IN_TURN = "requests go to the targets in turn";
const PLAIN = "local listeners speak plain HTTP";

/** Load balancers, their listeners with rules, and target groups. */
export const loadBalancers = {
  aws_lb: {
    schema: resource({
      name: computed(text.optional()),
      name_prefix: computed(text.optional()),
      load_balancer_type: z.enum(["application"]).default("application"),
      idle_timeout: atMost(4_000).default(60),
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
    notPlayed: {
      dns_record_client_routing_policy: "local listeners are reached by address",
      minimum_load_balancer_capacity: "a local load balancer does not scale",
    },
    replacedBy: always(
      "name",
      "name_prefix",
      "customer_owned_ipv4_pool",
      "internal",
      "load_balancer_type",
    ),
  },
  aws_lb_listener: {
    schema: resource({
      load_balancer_arn: refersTo("aws_lb.arn"),
      port: count,
      protocol: computed(z.enum(["HTTP", "HTTPS"]).default("HTTP")),
      certificate_arn: noEffect,
      ssl_policy: noEffect,
      default_action: block(action),
    }),
    notPlayed: { alpn_policy: PLAIN, mutual_authentication: PLAIN },
    actions: "default_action",
    replacedBy: always("load_balancer_arn"),
  },
  aws_lb_listener_rule: {
    schema: resource({
      listener_arn: refersTo("aws_lb_listener.arn"),
      priority: computed(count.optional()),
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
    actions: "action",
  },
  aws_lb_target_group: {
    schema: resource({
      name: computed(text.optional()),
      name_prefix: computed(text.optional()),
      port: count,
      protocol: z.enum(["HTTP"]).default("HTTP"),
      protocol_version: computed(z.enum(["HTTP1"]).default("HTTP1")),
      target_type: z.enum(["instance", "ip"], "expected instance or ip").default("instance"),
      deregistration_delay: atMost(3_600).default(300),
      load_balancing_algorithm_type: computed(z.enum(["round_robin"]).default("round_robin")),
      health_check: block(
        z.strictObject({
          enabled: flag.default(true),
          // The provider's defaults for a block. Without a block the API's are 5 and 2.
          healthy_threshold: count.default(3),
          unhealthy_threshold: count.default(3),
          interval: atMost(300).default(30),
          timeout: computed(atMost(120).default(5)),
          matcher: computed(text.default("200")),
          path: computed(urlPath.default("/")),
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
    notPlayed: {
      load_balancing_algorithm_type: IN_TURN,
      slow_start: "a new target gets its share of the requests at once",
      stickiness: `${IN_TURN}, without cookies`,
    },
    replacedBy: always(
      "name",
      "name_prefix",
      "ip_address_type",
      "port",
      "protocol",
      "protocol_version",
      "target_type",
      "vpc_id",
    ),
  },
  aws_lb_listener_certificate: { leftOut: PLAIN },
  aws_lb_target_group_attachment: { leftOut: "only tasks are targets" },
  aws_elb: {
    refused: "only application load balancers are modelled",
    leftOut: "only HTTP is balanced; its tasks are reached at their own ports",
  },
} as const satisfies ResourceTypes;
