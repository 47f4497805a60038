import type { Template } from "../../stacks/rules/template.ts";
import { type Billed, costsOf, pricing } from "./costs.ts";
import { generated, table } from "./markdown.ts";

/** The page of what AWS bills for each environment. */
export function costsPage(templates: ReadonlyMap<string, Template>): string {
  const costs = [...templates.values()].map((template) => costsOf(template));
  const pages = new Map(costs.flat().map(({ what, pricing: page }) => [what, page]));
  const rows = [...pages].map(([what, page]) => [
    what,
    ...costs.map((billed) => quantity(billed.find((each) => each.what === what))),
    prices[what] === undefined ? "" : String(prices[what]),
    link(page),
  ]);
  const totals = [
    "**total, USD a month**",
    ...costs.map((billed) => bold(monthly(billed))),
    "",
    "",
  ];
  return `${[
    generated,
    intro,
    table(
      ["billed by the hour or month", ...templates.keys(), "USD a month", "price"],
      [...rows, totals],
    ),
    "## By use\n\nThese are billed by usage:",
    table(
      ["what", "billed by", "price"],
      byUse.map(([what, unit, page]) => [what, unit, link(page)]),
    ),
    savings,
  ].join("\n\n")}\n`;
}

const intro = `# What an environment costs

This page lists what AWS bills, and how many of each. The quantities come from each environment's
synthesized JSON. Where a row says 2 to 4, the capacity provider adds hosts when tasks need room.

The totals are estimates, without tax and without what is billed by usage. The prices are on-demand prices of us-east-1
for 730 hours, collected from public tables in November 2026; in eu-central-1 most are 10 to 20 % higher. For exact
prices follow the links, or enter the quantities in the [AWS Pricing Calculator](https://calculator.aws/).`;

/** USD for one of each in a month of 730 hours, in us-east-1. */
const prices: Readonly<Record<string, number>> = {
  "host t3.small": 15.18,
  "host m7i.large": 73.58,
  "GB of the hosts' disks": 0.08,
  "NAT gateway": 32.85,
  "public IPv4 address": 3.65,
  "load balancer": 16.43,
  "interface endpoint in a zone": 7.3,
  secret: 0.4,
  "hosted zone of the namespace": 0.5,
  "metric of Container Insights": 0.3,
  "custom metric": 0.3,
  "metric that an alarm watches": 0.1,
  dashboard: 3,
};

/** The total of an environment to ten dollars; empty if a price is unknown. */
export function monthly(costs: readonly Billed[]): string {
  const [least, most] = [sumOf(costs, ({ count }) => count), sumOf(costs, mostOf)];
  if (Number.isNaN(least)) return "";
  return least === most ? `about ${least}` : `about ${least} to ${most}`;
}

function sumOf(costs: readonly Billed[], quantityOf: (billed: Billed) => number): number {
  const exact = costs.reduce(
    (total, billed) => total + quantityOf(billed) * (prices[billed.what] ?? Number.NaN),
    0,
  );
  return Math.round(exact / 10) * 10;
}

const mostOf = ({ count, most = count }: Billed): number => most;

const bold = (text: string): string => (text === "" ? "" : `**${text}**`);

const byUse: readonly (readonly [what: string, unit: string, page: string])[] = [
  ["data through a NAT gateway", "GB", pricing("vpc")],
  ["data through an interface endpoint", "GB", pricing("privatelink")],
  ["load balancer capacity units", "hour of each", pricing("elasticloadbalancing")],
  ["EFS storage, Standard", "GB and month", pricing("efs")],
  ["EFS elastic throughput", "GB read, GB written", pricing("efs")],
  ["EFS backups, warm storage", "GB and month", pricing("backup")],
  ["logs", "GB taken in, GB and month kept", pricing("cloudwatch")],
  ["data between zones", "GB in each direction", "https://aws.amazon.com/ec2/pricing/on-demand/"],
  ["data out to the internet", "GB", "https://aws.amazon.com/ec2/pricing/on-demand/"],
  ["DNS queries inside the VPC", "nothing", pricing("route53")],
  ["DiscoverInstances", "million calls", pricing("cloud-map")],
];

const savings = `## What saves most

- One NAT gateway (\`nat: "single"\`) instead of one per zone, if zones may depend on each other.
- **No NAT gateway (\`nat: "none"\`) costs more, not less**: ten interface endpoints in two zones cost four to five
  times as much as one gateway. Use it for hosts that must not reach the internet.
- Several environments in one existing cluster and network share hosts and NAT; each has its own load
  balancer.
- Graviton hosts (\`t4g\`, \`m7g\`), if the app's image is built for arm64.
- Savings Plans for hosts that always run.
- For hosts that are busy all day, \`m7i\` or \`m7g\` instead of \`t3\` or \`t4g\`. T types run in unlimited mode by
  default: AWS bills [surplus credits](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode.html) for
  CPU above the baseline, which is 20 % of each vCPU of a t3.small. At full load for a month, a t3.small costs as
  much as an m7i.large.
- ElastiCache Serverless for Valkey, if Redis is small and would need hosts of its own: it begins at about USD 6 a
  month. [Choices](choices.md#where-redis-is) compares them.`;

function quantity(billed: Billed | undefined): string {
  if (billed === undefined) return "";
  const { count } = billed;
  const most = mostOf(billed);
  return most === count ? String(count) : `${count} to ${most}`;
}

/** A link to a price page, named by the service: `ec2` for `https://aws.amazon.com/ec2/pricing/on-demand/`. */
function link(page: string): string {
  return `[${new URL(page).pathname.split("/")[1] ?? page}](${page})`;
}
