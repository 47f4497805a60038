import { tasksOf } from "../rules/tasks.ts";
import { at, blocks, type Template, text, texts } from "../rules/template.ts";
import { fixed, hostHour, hoursAMonth } from "./prices.ts";

/** One line of a bill: how many of what are there all the time. */
export interface Cost {
  readonly what: string;
  readonly count: number;
  /** Of one, in US dollars a month. */
  readonly each: number;
}

/** What an environment costs a month before anybody uses it, with the least number of its hosts. */
export function costsOf(template: Template): Cost[] {
  return [
    ...hosts(template),
    {
      what: "NAT gateway",
      count: template.all("aws_nat_gateway").length,
      each: fixed.natGatewayHour * hoursAMonth,
    },
    {
      what: "public IPv4 address",
      count: template.all("aws_eip").length + balancerAddresses(template),
      each: fixed.publicAddressHour * hoursAMonth,
    },
    {
      what: "load balancer",
      count: template.all("aws_lb").length,
      each: fixed.loadBalancerHour * hoursAMonth,
    },
    {
      what: "interface endpoint in a zone",
      count: endpointInterfaces(template),
      each: fixed.endpointHour * hoursAMonth,
    },
    {
      what: "secret",
      count: template.all("aws_secretsmanager_secret").length,
      each: fixed.secretMonth,
    },
    {
      what: "hosted zone of the namespace",
      count: template.all("aws_service_discovery_private_dns_namespace").length,
      each: fixed.hostedZoneMonth,
    },
    {
      what: "metric of Container Insights",
      count: insightsMetrics(template),
      each: fixed.insightsMetricMonth,
    },
    {
      what: "alarm",
      count: template.all("aws_cloudwatch_metric_alarm").length,
      each: fixed.alarmMonth,
    },
    {
      what: "dashboard",
      count: template.all("aws_cloudwatch_dashboard").length,
      each: fixed.dashboardMonth,
    },
  ].filter(({ count }) => count > 0);
}

export function total(costs: readonly Cost[]): number {
  return costs.reduce((sum, { count, each }) => sum + count * each, 0);
}

/** What one more host costs a month. */
export function hostMonth(template: Template): number {
  return total(
    hosts(template).map((cost) => ({ ...cost, count: cost.count / leastHosts(template) })),
  );
}

export function leastHosts(template: Template): number {
  return template
    .all("aws_autoscaling_group")
    .reduce((sum, { body }) => sum + Number(body["min_size"]), 0);
}

export function mostHosts(template: Template): number {
  return template
    .all("aws_autoscaling_group")
    .reduce((sum, { body }) => sum + Number(body["max_size"]), 0);
}

function hosts(template: Template): Cost[] {
  return template.all("aws_autoscaling_group").flatMap(({ body }) => {
    const launch = template.find(at(body, "launch_template.id"));
    const type = text(launch?.body["instance_type"]);
    const hour = hostHour[type];
    if (hour === undefined) throw new Error(`prices.ts has no price of ${type}`);
    const count = Number(body["min_size"]);
    const disk = blocks(launch?.body["block_device_mappings"]).reduce(
      (sum, mapping) => sum + Number(at(mapping, "ebs.volume_size")),
      0,
    );
    return [
      { what: `host ${type}`, count, each: hour * hoursAMonth },
      { what: "GB of the hosts' disks", count: count * disk, each: fixed.diskGigabyteMonth },
    ];
  });
}

/** A load balancer that faces the internet has an address in each of its zones. */
function balancerAddresses(template: Template): number {
  return template
    .all("aws_lb")
    .filter(({ body }) => body["internal"] !== true)
    .reduce((sum, { body }) => sum + texts(body["subnets"]).length, 0);
}

function endpointInterfaces(template: Template): number {
  return template
    .all("aws_vpc_endpoint")
    .filter(({ body }) => body["vpc_endpoint_type"] === "Interface")
    .reduce((sum, { body }) => sum + texts(body["subnet_ids"]).length, 0);
}

/** 8 for a cluster, 6 for a task definition, 11 for a service (https://aws.amazon.com/cloudwatch/pricing/). */
function insightsMetrics(template: Template): number {
  const clusters = template
    .all("aws_ecs_cluster")
    .filter(({ body }) => blocks(body["setting"]).some(({ value }) => value === "enabled")).length;
  if (clusters === 0) return 0;
  return 8 * clusters + 6 * tasksOf(template).length + 11 * template.all("aws_ecs_service").length;
}
