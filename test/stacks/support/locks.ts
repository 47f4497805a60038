import type { Tool } from "../../../stacks/providers/tool.ts";

/** The versions that the stacks require. */
export const required = { aws: "6.25.0", random: "3.9.0" } as const;

/** A lock file in a tool's format. The hashes are fake, because no test downloads providers. */
export function lockText(
  { registry, program }: Pick<Tool, "registry" | "program">,
  versions: Readonly<Record<string, string>> = required,
): string {
  const blocks = Object.entries(versions).map(
    ([name, version]) => `provider "${registry}/hashicorp/${name}" {
  version     = "${version}"
  constraints = "${version}"
  hashes = [
    "h1:${name}+${version.replaceAll(".", "/")}=",
    "zh:${"0".repeat(64)}",
  ]
}
`,
  );
  const header = `# This file is maintained automatically by "${program} init".
# Manual edits may be lost in future updates.
`;
  return [header, ...blocks].join("\n");
}
