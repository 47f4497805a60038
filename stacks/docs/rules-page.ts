import { rules } from "../rules/index.ts";
import type { Rule } from "../rules/rule.ts";
import { code, generated, prose, table } from "./markdown.ts";
import { operatedFacts, testedFacts } from "./tested-facts.ts";

const titles: Readonly<Record<string, string>> = {
  discovery: "Cloud Map and DNS",
  network: "Network",
  ecs: "ECS services and tasks",
  modes: "Network modes and scaling",
  schedules: "Schedules",
  hosts: "Hosts",
  redis: "Redis in a container",
  "redis-life": "Stalls, crashes and failed releases of Redis",
  efs: "EFS",
  elasticache: "ElastiCache",
  terraform: "Terraform and its state",
  operation: "Alarms and backups",
};

/** Everything that AWS, Terraform and Redis require, and what checks it. */
export function rulesPage(): string {
  const sections = Object.entries(rules).map(([group, list]) => {
    return [`## ${titles[group] ?? group}`, keptBy(group), ruleTable(list)].join("\n\n");
  });
  return `${[generated, intro, ...sections, tested(), operated()].join("\n\n")}\n`;
}

const intro = `# What is checked, and where

Each rule is checked against the synthesized JSON of every environment before any file is written. An edit
of the stacks that breaks a rule is refused with environment, resource, field, what it got and the remedy.
Existing resources are not in a template, and not checked. Nothing here was tried on a live account: the
sources say why each rule is there.`;

function keptBy(group: string): string {
  const [source, test] = [
    `stacks/rules/${group}-rules.ts`,
    `test/stacks/rules/${group}-rules.test.ts`,
  ];
  return `In [${code(source)}](../${source}); a test breaks each of them in [${code(test)}](../${test}).`;
}

function ruleTable(list: readonly Rule[]): string {
  return table(
    ["rule", "what holds", "what to write", "source"],
    list.map(({ id, title, remedy, source }) => [
      code(id),
      prose(title),
      prose(remedy),
      link(source),
    ]),
  );
}

function tested(): string {
  const rows = testedFacts.map(({ title, source, file, test }) => [
    prose(title),
    `[${code(file)}](../${file}): ${prose(test)}`,
    link(source),
  ]);
  const about = "What a template does not show, and the test that checks it.";
  return `## Checked by tests\n\n${about}\n\n${table(["what holds", "test", "source"], rows)}`;
}

function operated(): string {
  const rows = operatedFacts.map(([title, page]) => [prose(title), `[${page}](${page})`]);
  return `## For operators\n\nWhat no code can check.\n\n${table(["what is so", "where"], rows)}`;
}

function link(source: string): string {
  const { hostname, pathname } = new URL(source);
  const issue = /^\/([^/]+)\/([^/]+)\/issues\/(\d+)$/.exec(pathname);
  const last = pathname.replace(/\/$/, "").split("/").at(-1) ?? "";
  const name = issue ? `${issue[2] ?? ""}#${issue[3] ?? ""}` : last === "" ? hostname : last;
  return `[${name}](${source})`;
}
