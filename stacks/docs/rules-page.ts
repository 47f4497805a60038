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
  roles: "IAM roles",
  hosts: "Hosts",
  agent: "Agent and role of hosts",
  redis: "Redis in a container",
  "redis-life": "Stalls, crashes and failed releases of Redis",
  efs: "EFS",
  elasticache: "ElastiCache",
  terraform: "Terraform and its state",
  operation: "Alarms and backups",
  silence: "Silent hosts",
};

/** Everything that AWS, Terraform and Redis require, and what checks it. */
export function rulesPage(): string {
  const sections = Object.entries(rules).map(([group, list]) => {
    return [`## ${titleOf(group)}`, keptBy(group), ruleTable(list)].join("\n\n");
  });
  return `${[generated, intro, index(), ...sections, tested(), operated()].join("\n\n")}\n`;
}

const intro = `# What is checked, and where

Each rule is checked in the synthesized JSON of every environment, before any file is written. If an edit of the
stacks breaks a rule, the error names the environment, the resource, the field, what it got and what to write. Existing
resources are not in a template, and not checked. Nothing here was tried on a live account: the link of a rule leads
to the page or issue that says why the rule is there.`;

const titleOf = (group: string): string => titles[group] ?? group;

/** Where a rule is that an error names. */
function index(): string {
  const rows = Object.entries(rules).map(([group, list]) => {
    const anchor = titleOf(group)
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(" ", "-");
    return [`[${titleOf(group)}](#${anchor})`, list.map(({ id }) => code(id)).join(", ")];
  });
  return table(["subject", "rules"], rows);
}

function keptBy(group: string): string {
  const [source, test] = [
    `stacks/rules/${group}-rules.ts`,
    `test/stacks/rules/${group}-rules.test.ts`,
  ];
  return `Source: [${code(source)}](../${source}). Test that breaks each rule: [${code(test)}](../${test}).`;
}

function ruleTable(list: readonly Rule[]): string {
  return table(
    ["rule", "what holds", "what to write"],
    list.map(({ id, title, remedy, source }) => [
      `[${code(id)}](${source})`,
      withReason(title),
      prose(remedy),
    ]),
  );
}

/** What holds, and on a line of its own the reason, which a title has behind its colon. */
function withReason(title: string): string {
  const [, claim = title, reason] = /^(.*?): (.*)$/.exec(title) ?? [];
  return reason === undefined ? prose(claim) : `${prose(claim)}<br>_Why:_ ${prose(reason)}`;
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
