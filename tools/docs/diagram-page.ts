import type { Template } from "../../stacks/rules/template.ts";
import { diagram } from "./diagram.ts";
import { generated } from "./markdown.ts";

/** The page with one diagram for each environment. */
export function diagramsPage(templates: ReadonlyMap<string, Template>): string {
  const diagrams = [...templates].map(
    ([name, template]) => `## ${name}\n\n\`\`\`mermaid\n${diagram(template)}\n\`\`\``,
  );
  return `${[generated, about, ...diagrams].join("\n\n")}\n`;
}

const about = `# Diagrams of the environments

Drawn from the synthesized JSON. A solid arrow is a connection that a security group allows, with its ports. A
dotted arrow goes through DNS or an AWS API.`;
