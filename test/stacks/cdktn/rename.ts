/** The fork's packages and tested versions, by the original package. */
export const successors = {
  cdktf: { name: "cdktn", version: "0.24.0" },
  "@cdktf/provider-aws": { name: "@cdktn/provider-aws", version: "25.7.0" },
  "@cdktf/hcl2json": { name: "@cdktn/hcl2json", version: "0.24.0" },
  // Not renamed, but the fork requires a later version.
  constructs: { name: "constructs", version: "10.7.0" },
} as const;

const imported = /(\bfrom\s*|\bimport\s*\(?\s*)"(cdktf|@cdktf\/(?:provider-aws|hcl2json))(?=["/])/g;

/** Renames the imports in a source. */
export function renameImports(source: string): string {
  return source.replaceAll(
    imported,
    (_, before: string, name: keyof typeof successors) => `${before}"${successors[name].name}`,
  );
}

/** The imports of CDKTF in a source. */
export function importsOfCdktf(source: string): string[] {
  return [...source.matchAll(/"(@?cdktf(?:\/[^"]*)?)"/g)].flatMap(([, name]) => name ?? []);
}

/**
 * Normalizes a synthesized module, without the versions of the library and the provider.
 */
export function withoutVersions(json: string): string {
  const { "//": about, terraform, ...rest } = JSON.parse(json) as Module;
  const { aws, ...others } = terraform.required_providers;
  const metadata = { ...about.metadata, version: "-" };
  const required_providers = { aws: { ...aws, version: "-" }, ...others };
  const own = { "//": { ...about, metadata }, terraform: { ...terraform, required_providers } };
  return JSON.stringify({ ...own, ...rest }, undefined, 2);
}

interface Module {
  readonly "//": { readonly metadata: object };
  readonly terraform: { readonly required_providers: { readonly aws: object } };
}
