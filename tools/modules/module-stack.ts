import { App, Token } from "cdktf";
import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import { ReadableStack } from "../../stacks/aws/readable-stack.ts";
import { targetVersions } from "../../stacks/aws/terraform-settings.ts";
import { boundRoles, taggableTypes, tagsWith } from "./conventions.ts";

/** An output of a module. */
export interface Output {
  readonly value: string;
  readonly description: string;
}

export type Outputs = Readonly<Record<string, Output>>;

/** A module as Terraform JSON. */
export interface ModuleJson {
  readonly terraform: {
    readonly required_version: string;
    readonly required_providers: Readonly<Record<string, { source: string; version: string }>>;
  };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Body>>>>;
  readonly [section: string]: unknown;
}

type Body = Readonly<Record<string, unknown>>;

/** A token for a number. It can only be passed on; arithmetic and comparisons with it give wrong results. */
export const numberOf = (expression: string): number => Token.asNumber(`\${${expression}}`);

/** A token for a list. */
export const listOf = (expression: string): string[] => Token.asList(`\${${expression}}`);

/**
 * The provider versions that support all arguments used here. The stacks require an exact version, but a module must
 * accept its caller's version.
 *
 * 6.4.0 of the AWS provider is the first that reads the status of a deployment while it waits for a service
 * (https://github.com/hashicorp/terraform-provider-aws/pull/43434), but it fails for deployments that are older than
 * three months; 6.5.0 does not (https://github.com/hashicorp/terraform-provider-aws/pull/43502).
 */
const providers: Readonly<Record<string, { source: string; version: string }>> = {
  aws: { source: "hashicorp/aws", version: ">= 6.5.0, < 7.0.0" },
  random: { source: "hashicorp/random", version: ">= 3.7.0, < 4.0.0" },
};

/** A Terraform module that consists of the stacks' constructs. */
export class ModuleStack extends ReadableStack {
  constructor(name: string) {
    super(new App({ context: { targetVersions } }), name);
  }

  /** Removes the index from an id: the module has one resource with a `count` instead of several. */
  protected override allocateLogicalId(
    ...[element]: Parameters<ReadableStack["allocateLogicalId"]>
  ): string {
    return super.allocateLogicalId(element).replaceAll(/_0(?=_|$)/g, "");
  }

  /**
   * Synthesizes the constructs. CDKTF's own synthesis requires a provider and adds a backend with a path of this
   * machine; a module must have neither.
   */
  toModule(): ModuleJson {
    boundRoles(this);
    const { terraform, resource, ...sections } = withoutNotes(
      this.toTerraform(),
    ) as Partial<ModuleJson> & Pick<ModuleJson, "resource">;
    const needed = ["aws", ...Object.keys(terraform?.required_providers ?? {})];
    return {
      terraform: {
        required_version: versions(targetVersions.terraform),
        required_providers: Object.fromEntries(needed.map((name) => [name, providerOf(name)])),
      },
      resource: this.tagged(resource),
      ...sections,
    };
  }

  private tagged(resources: ModuleJson["resource"]): ModuleJson["resource"] {
    const taggable = taggableTypes(this);
    return mapBodies(resources, (body, type) =>
      taggable.has(type)
        ? { ...body, tags: tagsWith(body["tags"] as Record<string, string>) }
        : body,
    );
  }
}

/** Changes the body of each resource. */
function mapBodies(
  resources: ModuleJson["resource"],
  change: (body: Body, type: string) => Body,
): ModuleJson["resource"] {
  return Object.fromEntries(
    Object.entries(resources).map(([type, byId]) => [
      type,
      Object.fromEntries(Object.entries(byId).map(([id, body]) => [id, change(body, type)])),
    ]),
  );
}

/** Converts CDK Terrain's `>=1 <2` to Terraform's syntax. */
function versions(range: string): string {
  return range.replaceAll(/([<>=]+)/g, "$1 ").replace(" <", ", <");
}

function providerOf(name: string) {
  return ensureDefined(providers[name], `list of versions of the provider ${name}`);
}

/** CDKTF writes the path of a construct with the key "//". */
function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNotes(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "//")
      .map(([key, inner]) => [key, withoutNotes(inner)]),
  );
}
