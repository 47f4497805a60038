import { readFileSync } from "node:fs";
import { withBlock } from "../../harness/results/marked-block.ts";
import { rules } from "../../stacks/rules/index.ts";
import type { Rule } from "../../stacks/rules/rule.ts";
import { code, prose, table } from "./markdown.ts";

const PAGE = new URL("../../docs/rules.md", import.meta.url);

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

/** docs/rules.md with the tables of the rules from the code. */
export function rulesPage(): string {
  const sections = Object.entries(rules).map(([group, list]) => {
    return [`## ${titleOf(group)}`, sourceOf(group), ruleTable(list)].join("\n\n");
  });
  return withBlock(readFileSync(PAGE, "utf8"), "rules", sections.join("\n\n"));
}

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
