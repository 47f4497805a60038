import type { Template } from "../rules/template.ts";
import { diagram } from "./diagram.ts";
import { generated } from "./markdown.ts";

export function diagramPage(name: string, template: Template): string {
  const about = `# What ${name} consists of

From its synthesized JSON; \`npm run diagram -- ${name}\` prints it. A solid arrow is a connection that a
security group allows, with its ports; a dotted one goes through DNS or an AWS API.`;
  return `${[generated, about, `\`\`\`mermaid\n${diagram(template)}\n\`\`\``].join("\n\n")}\n`;
}
