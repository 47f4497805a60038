import { redisMetrics } from "../../stacks/redis/redis-metrics.ts";
import { tasksOf } from "../../stacks/rules/tasks.ts";
import { at, blocks, type Template, text, texts } from "../../stacks/rules/template.ts";

/** One line of a bill: something that runs all the time, and its quantity. */
export interface Billed {
  readonly what: string;
  readonly count: number;
  /** The maximum if a capacity provider scales it. @default count */
  readonly most?: number;
  /** AWS's page with the price. */
  readonly pricing: string;
}

/** AWS's price page of a service. */
export function pricing(service: string): string {
  return `https://aws.amazon.com/${service}/pricing/`;
}

/** The costs of an environment without any traffic. */
export function costsOf(template: Template): Billed[] {
  const count = (type: string) => template.all(type).length;
  const publicAddresses = count("aws_eip") + balancerAddresses(template);
  const zones = count("aws_service_discovery_private_dns_namespace");
  const vpc = pricing("vpc");
  const cloudWatch = pricing("cloudwatch");
  return [
    ...hosts(template),
    { what: "NAT gateway", count: count("aws_nat_gateway"), pricing: vpc },
    { what: "public IPv4 address", count: publicAddresses, pricing: vpc },
    { what: "load balancer", count: count("aws_lb"), pricing: pricing("elasticloadbalancing") },
    {
      what: "interface endpoint in a zone",
      count: endpointInterfaces(template),
      pricing: pricing("privatelink"),
    },
    {
      what: "secret",
      count: count("aws_secretsmanager_secret"),
      pricing: pricing("secrets-manager"),
    },
    { what: "hosted zone of the namespace", count: zones, pricing: pricing("route53") },
    {
      what: "metric of Container Insights",
      count: insightsMetrics(template),
      pricing: cloudWatch,
    },
    { what: "custom metric", count: customMetrics(template), pricing: cloudWatch },
    { what: "metric that an alarm watches", count: alarmMetrics(template), pricing: cloudWatch },
    { what: "dashboard", count: count("aws_cloudwatch_dashboard"), pricing: cloudWatch },
  ].filter((billed) => billed.count > 0);
}

function hosts(template: Template): Billed[] {
  return template.all("aws_autoscaling_group").flatMap(({ body }) => {
    const launch = template.find(at(body, "launch_template.id"));
    const [count, most] = [Number(body["min_size"]), Number(body["max_size"])];
    const disk = sum(blocks(launch?.body["block_device_mappings"]), (mapping) =>
      Number(at(mapping, "ebs.volume_size")),
    );
    return [
      {
        what: `host ${text(launch?.body["instance_type"])}`,
        count,
        most,
        pricing: "https://aws.amazon.com/ec2/pricing/on-demand/",
      },
      {
        what: "GB of the hosts' disks",
        count: count * disk,
        most: most * disk,
        pricing: pricing("ebs"),
      },
    ];
  });
}

/** An internet-facing load balancer has an address in each of its zones. */
function balancerAddresses(template: Template): number {
  const facing = template.all("aws_lb").filter(({ body }) => body["internal"] !== true);
  return sum(facing, ({ body }) => texts(body["subnets"]).length);
}

function endpointInterfaces(template: Template): number {
  const interfaces = template
    .all("aws_vpc_endpoint")
    .filter(({ body }) => body["vpc_endpoint_type"] === "Interface");
  return sum(interfaces, ({ body }) => texts(body["subnet_ids"]).length);
}

/** 8 per cluster, 6 per task definition, 11 per service (https://aws.amazon.com/cloudwatch/pricing/). */
function insightsMetrics(template: Template): number {
  const clusters = template
    .all("aws_ecs_cluster")
    .filter(({ body }) => blocks(body["setting"]).some(({ value }) => value === "enabled")).length;
  if (clusters === 0) return 0;
  return 8 * clusters + 6 * tasksOf(template).length + 11 * template.all("aws_ecs_service").length;
}

/** Metrics that a container beside Redis writes to its log. */
function customMetrics(template: Template): number {
  const reporting = tasksOf(template)
    .flatMap((task) => task.containers)
    .filter(({ body }) => body["name"] === "metrics");
  return reporting.length * Object.keys(redisMetrics).length;
}

/** AWS bills an alarm with metric math per metric in it (https://aws.amazon.com/cloudwatch/pricing/). */
function alarmMetrics(template: Template): number {
  return sum(template.all("aws_cloudwatch_metric_alarm"), ({ body }) => {
    const queries = blocks(body["metric_query"]);
    return queries.length === 0 ? 1 : queries.filter(({ metric }) => metric !== undefined).length;
  });
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
