import type { Tool } from "./tool.ts";

/** The required providers of a root module. */
export interface RootModule {
  readonly terraform: {
    readonly required_providers: Readonly<
      Record<string, { readonly source: string; readonly version: string }>
    >;
  };
}

/** The exact versions that a root module requires, by the provider's address in the tool's lock file. */
export function requiredProviders(
  { terraform: { required_providers } }: RootModule,
  tool: Tool,
): ReadonlyMap<string, string> {
  return new Map(
    Object.values(required_providers).map(({ source, version }) => [
      addressOf(source, tool),
      version,
    ]),
  );
}

/**
 * The full name of a provider.
 * https://developer.hashicorp.com/terraform/language/providers/requirements#source-addresses
 */
export function addressOf(source: string, { registry }: Tool): string {
  const parts = source.split("/");
  if (parts.length === 3) return source;
  return parts.length === 2 ? `${registry}/${source}` : `${registry}/hashicorp/${source}`;
}
