import { rules } from "../../stacks/rules/index.ts";
import type { Rule } from "../../stacks/rules/rule.ts";
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
  "redis-recovery": "Stalls, crashes and failed releases of Redis",
  efs: "EFS",
  terraform: "Terraform and its state",
  operation: "Alarms and backups",
  silence: "Silent hosts",
};

/** The page of the rules, and of the facts that tests check or operators need. */
export function rulesPage(): string {
  const sections = Object.entries(rules).map(([group, list]) => {
    return [`## ${titleOf(group)}`, sourceOf(group), ruleTable(list)].join("\n\n");
  });
  return `${[generated, intro, ...sections, tested(), operated()].join("\n\n")}\n`;
}

const intro = `# Rules

Synthesis checks these rules in the JSON of every environment before it writes a file. If an edit of the stacks breaks
a rule, the error names the environment, the resource, the field, the value and what to write. Existing resources are
not in the JSON, so they are not checked. The link of a rule is the page or issue with the reason. Nothing here
was tried on a live account.`;

const titleOf = (group: string): string => titles[group] ?? group;

function sourceOf(group: string): string {
  const [source, test] = [
    `stacks/rules/${group}-rules.ts`,
    `test/stacks/rules/${group}-rules.test.ts`,
  ];
  return `Source: [${code(source)}](../${source}). Test that breaks each rule: [${code(test)}](../${test}).`;
}

function ruleTable(list: readonly Rule[]): string {
  return table(
    ["rule", "requirement", "what to write"],
    list.map(({ id, title, remedy, source }) => [
      `[${code(id)}](${source})`,
      withReason(title),
      prose(remedy),
    ]),
  );
}

/** The requirement, and on a separate line the reason, which follows the colon in the title. */
function withReason(title: string): string {
  const [, claim = title, reason] = /^(.*?): (.*)$/.exec(title) ?? [];
  return reason === undefined ? prose(claim) : `${prose(claim)}<br>_Why:_ ${prose(reason)}`;
}

function tested(): string {
  const rows = testedFacts.map(({ title, source, file }) => [
    prose(title),
    `[${code(file)}](../${file})`,
    link(source),
  ]);
  const about = "These facts are not in the JSON. A test checks each.";
  return `## Checked by tests\n\n${about}\n\n${table(["fact", "test", "source"], rows)}`;
}

function operated(): string {
  const rows = operatedFacts.map(([title, page]) => [prose(title), `[${page}](${page})`]);
  return `## For operators\n\nCode cannot check these facts.\n\n${table(["fact", "where"], rows)}`;
}

function link(source: string): string {
  const { hostname, pathname } = new URL(source);
  const issue = /^\/([^/]+)\/([^/]+)\/issues\/(\d+)$/.exec(pathname);
  const last = pathname.replace(/\/$/, "").split("/").at(-1) ?? "";
  const name = issue ? `${issue[2] ?? ""}#${issue[3] ?? ""}` : last === "" ? hostname : last;
  return `[${name}](${source})`;
}
