import { HarnessError } from "../../base/errors.ts";
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
  const groups = model.read("aws_lb_target_group", targetGroup);
  const rules = rulesByListener(model);
  const listeners = grouped(
    model.read("aws_lb_listener", (listener) => ({
      key: model.referred(
        "aws_lb",
        listener.arguments.load_balancer_arn,
        `${listener.address}.load_balancer_arn`,
      ).address,
      value: readListener(model, listener, rules.get(listener.address) ?? []),
    })),
  );
  const loadBalancers = model.read("aws_lb", ({ address, arguments: args }): LoadBalancerPlan => ({
    address,
    name: args.name ?? args.name_prefix ?? address,
    idleTimeout: args.idle_timeout,
    hasClientPort: args.enable_xff_client_port,
    listeners: listeners.get(address) ?? [],
  }));
  return { loadBalancers, targetGroups: new Map(groups.map((group) => [group.address, group])) };
}

function grouped<Value>(
  all: readonly { readonly key: string; readonly value: Value }[],
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const { key, value } of all) {
    const others = groups.get(key);
    if (others) others.push(value);
    else groups.set(key, [value]);
  }
  return groups;
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

function readListener(
  model: Model,
  listener: Resource<"aws_lb_listener">,
  rules: readonly Rule[],
): ListenerPlan {
  const { address, arguments: args } = listener;
  return {
    port: args.port,
    protocol: args.protocol,
    rules: rulesOf(model, rules),
    action: action(model, args.default_action, `${address}.default_action`),
  };
}

type Rule = Resource<"aws_lb_listener_rule">;

function rulesByListener(model: Model): ReadonlyMap<string, readonly Rule[]> {
  return grouped(
    model.read("aws_lb_listener_rule", (rule) => {
      const { listener_arn: arn } = rule.arguments;
      const key = model.referred("aws_lb_listener", arn, `${rule.address}.listener_arn`).address;
      return { key, value: rule };
    }),
  );
}

/** Rules in the order of their priority. A rule without a priority gets the next one from the provider. */
function rulesOf(model: Model, rules: readonly Rule[]): RulePlan[] {
  return rules
    .toSorted(
      ({ arguments: { priority: a = Infinity } }, { arguments: { priority: b = Infinity } }) =>
        a === b ? 0 : a - b,
    )
    .map(({ address, arguments: args }) => ({
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

/** A group. Of several the one with the largest weight gets all requests. */
function forwardTo(
  model: Model,
  { target_group_arn: arn, forward }: Extract<Action, { type: "forward" }>,
  where: string,
): ListenerAction {
  const groups = (forward?.target_group ?? []).map(({ arn: each, weight }) => ({
    targetGroup: model.referred("aws_lb_target_group", each, where).address,
    weight,
  }));
  const [first] = groups.toSorted((one, other) => other.weight - one.weight);
  const most =
    first?.targetGroup ?? model.referred("aws_lb_target_group", arn ?? "", where).address;
  return { type: "forward", targetGroup: most };
}

function action(model: Model, given: Action, where: string): ListenerAction {
  if (given?.type === "forward") return forwardTo(model, given, where);
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
