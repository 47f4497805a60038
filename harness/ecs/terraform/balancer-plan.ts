import { HarnessError } from "../base/errors.ts";
import type { Arguments, Model, Resource } from "./model.ts";
import type {
  ListenerAction,
  ListenerPlan,
  LoadBalancerPlan,
  Plan,
  RuleCondition,
  RulePlan,
  TargetGroupPlan,
} from "./plan.ts";

/** The API's defaults for a target group without a `health_check` block. */
const DEFAULT_HEALTH_CHECK: NonNullable<Arguments<"aws_lb_target_group">["health_check"]> = {
  enabled: true,
  path: "/",
  interval: 30,
  timeout: 5,
  healthy_threshold: 5,
  unhealthy_threshold: 2,
  matcher: "200",
  port: "traffic-port",
  protocol: "HTTP",
};

/** Reads load balancers with their listeners, and their target groups. */
export function readBalancers(model: Model): Pick<Plan, "loadBalancers" | "targetGroups"> {
  const groups = model.all("aws_lb_target_group").map(targetGroup);
  const listeners = model.all("aws_lb_listener").map((listener) => ({
    balancer: model.referred(
      "aws_lb",
      listener.arguments.load_balancer_arn,
      `${listener.address}.load_balancer_arn`,
    ).address,
    plan: readListener(model, listener),
  }));
  const loadBalancers = model
    .all("aws_lb")
    .map(({ address, arguments: { name, name_prefix, idle_timeout } }): LoadBalancerPlan => ({
      address,
      name: name ?? name_prefix ?? address,
      idleTimeout: idle_timeout,
      listeners: listeners.filter(({ balancer }) => balancer === address).map(({ plan }) => plan),
    }));
  return { loadBalancers, targetGroups: new Map(groups.map((group) => [group.address, group])) };
}

function targetGroup({
  address,
  arguments: args,
}: Resource<"aws_lb_target_group">): TargetGroupPlan {
  const check = args.health_check ?? DEFAULT_HEALTH_CHECK;
  return {
    address,
    name: args.name ?? args.name_prefix ?? address,
    deregistrationDelay: args.deregistration_delay,
    healthCheck: {
      enabled: check.enabled,
      path: check.path,
      interval: check.interval,
      timeout: check.timeout,
      healthyThreshold: check.healthy_threshold,
      unhealthyThreshold: check.unhealthy_threshold,
      matcher: check.matcher,
    },
  };
}

function readListener(model: Model, listener: Resource<"aws_lb_listener">): ListenerPlan {
  const { address, arguments: args } = listener;
  return {
    address,
    port: args.port,
    protocol: args.protocol,
    rules: rulesOf(model, address),
    action: action(model, args.default_action, `${address}.default_action`),
  };
}

/** Rules in the order of their priority. A rule without a priority gets the next one from the provider. */
function rulesOf(model: Model, listener: string): RulePlan[] {
  return model
    .all("aws_lb_listener_rule")
    .filter(
      ({ address, arguments: { listener_arn } }) =>
        model.referred("aws_lb_listener", listener_arn, `${address}.listener_arn`).address ===
        listener,
    )
    .toSorted(
      ({ arguments: { priority: a = Infinity } }, { arguments: { priority: b = Infinity } }) =>
        a === b ? 0 : a - b,
    )
    .map(({ address, arguments: args }) => ({
      address,
      conditions: args.condition.flatMap(conditionsOf),
      action: action(model, args.action, `${address}.action`),
    }));
}

function conditionsOf(given: Condition): RuleCondition[] {
  const simple = [
    ["path", given.path_pattern],
    ["host", given.host_header],
    ["method", given.http_request_method],
  ] as const;
  const { http_header: header, query_string: query } = given;
  return [
    ...simple.flatMap(([type, each]) => (each ? [{ type, values: each.values }] : [])),
    ...(header
      ? [{ type: "header" as const, name: header.http_header_name, values: header.values }]
      : []),
    ...(query.length > 0 ? [{ type: "query" as const, values: query }] : []),
  ];
}

type Condition = Arguments<"aws_lb_listener_rule">["condition"][number];

type Action = Arguments<"aws_lb_listener">["default_action"];

function action(model: Model, given: Action, where: string): ListenerAction {
  if (given?.type === "forward") {
    const group = model.referred("aws_lb_target_group", given.target_group_arn, where);
    return { type: "forward", targetGroup: group.address };
  }
  if (given?.type === "redirect" && given.redirect) {
    const { status_code, ...location } = given.redirect;
    return { type: "redirect", status: status_code === "HTTP_301" ? 301 : 302, location };
  }
  if (given?.type === "fixed-response" && given.fixed_response) {
    const { status_code, content_type, message_body } = given.fixed_response;
    return {
      type: "fixed-response",
      status: status_code,
      contentType: content_type,
      body: message_body,
    };
  }
  throw new HarnessError("ERR_TEMPLATE", `${where}: missing block ${given?.type ?? "action"}`);
}
