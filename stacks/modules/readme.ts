import { code, prose, table } from "../docs/markdown.ts";
import { moduleJson, type ModuleDefinition } from "./module-definition.ts";
import type { Variable } from "./variable.ts";

/** The page of a module: what it is, an example, and the tables that terraform-docs makes. */
export function readme(module: ModuleDefinition): string {
  const { required_version: version, required_providers: providers } = moduleJson(module).terraform;
  const parts = [
    "<!-- Written by `npm run modules`: a change here is lost. -->",
    `# ${module.name}`,
    module.about,
    `\`\`\`hcl\n${module.example}\`\`\``,
    ...module.notes,
    "## Requirements",
    table(
      ["Name", "Version"],
      [
        ["terraform", code(version)],
        ...Object.entries(providers).map(([name, provider]) => [name, code(provider.version)]),
      ],
    ),
    "## Inputs",
    table(["Name", "Description", "Type", "Default", "Required"], inputRows(module)),
    "## Outputs",
    table(
      ["Name", "Description"],
      Object.entries(module.outputs)
        .toSorted(byName)
        .map(([name, { description }]) => [code(name), prose(description)]),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Required ones first, as terraform-docs sorts by required. */
function inputRows({ inputs }: ModuleDefinition): string[][] {
  const rows = Object.entries(inputs).toSorted(byName);
  return [
    ...rows.filter(([, variable]) => isRequired(variable)),
    ...rows.filter(([, variable]) => !isRequired(variable)),
  ].map(([name, variable]) => [
    code(name),
    described(variable),
    code(variable.type),
    isRequired(variable) ? "n/a" : code(JSON.stringify(variable.default)),
    isRequired(variable) ? "yes" : "no",
  ]);
}

const isRequired = ({ default: fallback }: Variable): boolean => fallback === undefined;

/** What it is, and what its validations allow. */
function described({ description, validations }: Variable): string {
  const allowed = [...new Set(validations.map((each) => each.allowed))];
  const lines = allowed.length === 0 ? [] : [`_Allowed:_ ${allowed.join("; ")}`];
  return prose([description, ...lines].join("<br>")).replaceAll("&lt;br>", "<br>");
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
