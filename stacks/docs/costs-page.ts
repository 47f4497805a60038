import type { Template } from "../rules/template.ts";
import { type Cost, costsOf, hostMonth, leastHosts, mostHosts, total } from "./costs.ts";
import { generated, table } from "./markdown.ts";
import { byUse, pricesOf } from "./prices.ts";

/** What each environment costs a month, from the quantities in its JSON. */
export function costsPage(templates: ReadonlyMap<string, Template>): string {
  const names = [...templates.keys()];
  const costs = new Map([...templates].map(([name, template]) => [name, costsOf(template)]));
  const kinds = [...new Set([...costs.values()].flat().map(({ what }) => what))];
  const rows = kinds.map((what) => [what, ...names.map((name) => cell(costs.get(name), what))]);
  const totals = [
    "**a month**",
    ...names.map((name) => `**${money(total(costs.get(name) ?? []))}**`),
  ];
  const hosts = [...templates].map(([name, template]) => [
    name,
    `${leastHosts(template)} to ${mostHosts(template)}`,
    money(hostMonth(template)),
    money(
      total(costsOf(template)) + hostMonth(template) * (mostHosts(template) - leastHosts(template)),
    ),
  ]);
  return `${[
    generated,
    intro,
    table(["US dollars", ...names], [...rows, totals]),
    "## With more hosts\n\nThe table above counts the least number of hosts. The capacity provider adds some when tasks need room.",
    table(["environment", "hosts", "one host a month", "a month with all of them"], hosts),
    "## By use\n\nNot in the totals:",
    table(["what", "US dollars"], byUse),
    savings,
  ].join("\n\n")}\n`;
}

const intro = `# What an environment costs

The quantities are those of each environment's synthesized JSON. The prices are AWS's list prices of
${pricesOf.region} as of ${pricesOf.date}, on demand, without tax, discounts and free tiers
([\`stacks/docs/prices.ts\`](../stacks/docs/prices.ts)): they are there to compare environments and to see what costs most, and want
to be read again before money depends on them. An environment in another region is counted with these
prices too.`;

const savings = `## What saves most

- One NAT gateway (\`nat: "single"\`) in place of one a zone, where a zone may depend on another; none at
  all (\`nat: "none"\`) is cheaper only with few zones, since each interface endpoint costs by zone.
- Several environments in one cluster and network, taken as existing: hosts, NAT and load balancer are
  then paid once.
- Graviton hosts (\`t4g\`, \`m7g\`), if the app's image is built for arm64.
- Savings Plans for hosts that always run.`;

function cell(costs: readonly Cost[] | undefined, what: string): string {
  const cost = costs?.find((each) => each.what === what);
  return cost === undefined
    ? ""
    : `${cost.count} × ${money(cost.each)} = ${money(cost.count * cost.each)}`;
}

function money(dollars: number): string {
  return dollars.toFixed(2);
}
