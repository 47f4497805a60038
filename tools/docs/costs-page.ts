import type { Template } from "../../stacks/rules/template.ts";
import { type Billed, costsOf, pricing } from "./costs.ts";
import { generated, table } from "./markdown.ts";

/** The page of what AWS bills for each environment. */
export function costsPage(templates: ReadonlyMap<string, Template>): string {
  const costs = [...templates.values()].map((template) => costsOf(template));
  const kinds = new Map(costs.flat().map(({ what, pricing: page }) => [what, page]));
  const rows = [...kinds].map(([what, page]) => [
    what,
    ...costs.map((billed) => quantity(billed.find((each) => each.what === what))),
    link(page),
  ]);
  return `${[
    generated,
    intro,
    table(["billed by the hour or month", ...templates.keys(), "price"], rows),
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
synthesized JSON. The prices are AWS's: they depend on region and date, so follow the link in each row, or
enter the quantities in the [AWS Pricing Calculator](https://calculator.aws/). Where a row says 2 to 4, the
capacity provider adds hosts when tasks need room.`;

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

- One NAT gateway (\`nat: "single"\`) instead of one per zone, if zones may depend on each other. No NAT
  gateway (\`nat: "none"\`) is cheaper only with few zones: each interface endpoint is billed per zone.
- Several environments in one existing cluster and network share hosts and NAT; each has its own load
  balancer.
- Graviton hosts (\`t4g\`, \`m7g\`), if the app's image is built for arm64.
- Savings Plans for hosts that always run.`;

function quantity(billed: Billed | undefined): string {
  if (billed === undefined) return "";
  const { count, most = count } = billed;
  return most === count ? String(count) : `${count} to ${most}`;
}

/** A link to a price page, named by the service: `ec2` for `https://aws.amazon.com/ec2/pricing/on-demand/`. */
function link(page: string): string {
  return `[${new URL(page).pathname.split("/")[1] ?? page}](${page})`;
}
