import { App, Token } from "cdktf";
import { ensureDefined } from "../config/ensure-defined.ts";
import { ReadableStack } from "../aws/readable-stack.ts";
import { targetVersions } from "../aws/terraform-settings.ts";

/** A value of a module for those that call it. */
export interface Output {
  readonly value: string;
  readonly description: string;
}

export type Outputs = Readonly<Record<string, Output>>;

/** A module in Terraform's JSON. */
export interface ModuleJson {
  readonly terraform: {
    readonly required_version: string;
    readonly required_providers: Readonly<Record<string, { source: string; version: string }>>;
  };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Body>>>>;
  readonly [section: string]: unknown;
}

type Body = Readonly<Record<string, unknown>>;

/** The number of a variable. It is passed on as it is: a sum or a comparison of it would be wrong. */
export const numberOf = (expression: string): number => Token.asNumber(`\${${expression}}`);

/** The list of a variable, passed on as a whole. */
export const listOf = (expression: string): string[] => Token.asList(`\${${expression}}`);

/**
 * The versions of the providers that have every argument used here. The stacks name one version; a module
 * goes along with its caller's.
 */
const providers: Readonly<Record<string, { source: string; version: string }>> = {
  aws: { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" },
  random: { source: "hashicorp/random", version: ">= 3.7.0, < 4.0.0" },
};

/** A Terraform module that others call, made of the constructs that the stacks are made of. */
export class ModuleStack extends ReadableStack {
  constructor(name: string) {
    super(new App({ context: { targetVersions } }), name);
  }

  /** Of several that are alike there is one: `count` says how many. */
  protected override allocateLogicalId(
    ...[element]: Parameters<ReadableStack["allocateLogicalId"]>
  ): string {
    return super.allocateLogicalId(element).replaceAll(/_0(?=_|$)/g, "");
  }

  /**
   * What the constructs give. Not CDKTF's own synthesis: that wants a provider and adds a backend with a
   * path of this machine, and a module has neither.
   */
  toModule(): ModuleJson {
    const { terraform, ...sections } = withoutNotes(this.toTerraform()) as Partial<ModuleJson> &
      Pick<ModuleJson, "resource">;
    const needed = ["aws", ...Object.keys(terraform?.required_providers ?? {})];
    return {
      terraform: {
        required_version: versions(targetVersions.terraform),
        required_providers: Object.fromEntries(needed.map((name) => [name, providerOf(name)])),
      },
      ...sections,
    };
  }
}

/** `>=1 <2` of CDK Terrain in Terraform's form. */
function versions(range: string): string {
  return range.replaceAll(/([<>=]+)/g, "$1 ").replace(" <", ", <");
}

function providerOf(name: string) {
  return ensureDefined(providers[name], `list of versions of the provider ${name}`);
}

/** CDKTF's notes on where a construct is have the key "//". */
function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNotes(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, inner]) => [key, withoutNotes(inner)]),
  );
}
