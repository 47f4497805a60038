import { HarnessError } from "../../../base/errors.ts";
import { messageOf } from "../../../base/message-of.ts";
import { functionsOf } from "../../configuration/file-functions.ts";
import { namesOf } from "../../configuration/each.ts";
import { Scope } from "../../configuration/scope.ts";
import type { Named, WrittenModule } from "../../configuration/written-module.ts";
import type { RegionAndAccount } from "../../types/aws-names.ts";
import type { InstanceIndex } from "../instance-index.ts";
import type { Instance } from "../instances.ts";
import { withoutAlias } from "../../types/index.ts";
import type { Key } from "../../expression/address.ts";
import { notDeclared } from "../../expression/evaluate.ts";
import { withApiNames } from "./container-json.ts";
import { Placeholders, valueOf } from "./placeholders.ts";

/** A local value in place of one that is not known before apply. */
export interface Placeholder {
  /** `aws_db_instance.main.address` */
  readonly attribute: string;
  readonly text: string;
}

export interface DefinitionOptions {
  /** The values of the root's variables. */
  readonly variables: Named<unknown>;
  /** Values by the name of the attribute. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly where: RegionAndAccount;
}

/**
 * Evaluates container definitions that are not known before apply. A plan has their references, not their text, so
 * the text comes from the configuration's files.
 */
export class UnknownDefinitions {
  readonly #scope: Scope;
  readonly #placeholders: Placeholders;
  readonly #texts = new Map<string, string>();
  readonly folder: string;

  constructor(
    module: WrittenModule,
    instances: InstanceIndex,
    { variables, attributes, where }: DefinitionOptions,
  ) {
    const placeholders = new Placeholders(attributes, where);
    this.folder = module.folder ?? "";
    this.#placeholders = placeholders;
    this.#scope = Scope.of(module, {
      functions: functionsOf(module),
      variables,
      instances: ({ path }, resource) =>
        instances.ofResource(path, withoutAlias(resource)).map((instance) => ({
          key: instance.index,
          read: (within) => valueOf(instance, within, placeholders),
        })),
    });
  }

  /** The container definitions of a task definition. @throws HarnessError that says why there are none */
  read({ address, steps, type, name, index }: Instance): string {
    this.#placeholders.lookedUp.clear();
    try {
      const text = this.#definitions(this.#scope.at(steps), `${type}.${name}`, index);
      const definitions = typeof text === "string" ? withApiNames(text) : undefined;
      if (definitions === undefined) {
        throw new HarnessError("ERR_TEMPLATE", "container_definitions is not a list in JSON");
      }
      this.#texts.set(address, withoutLogs(definitions));
      return definitions;
    } catch (error) {
      // Files of others may do anything, such as refer to themselves a thousand times.
      if (error instanceof HarnessError || error instanceof RangeError) {
        throw new HarnessError("ERR_UNSUPPORTED", messageOf(error), { cause: error });
      }
      throw error;
    }
  }

  #definitions(scope: Scope, resource: string, key: Key): unknown {
    const body = scope.module.resources.get(resource);
    const written = body?.["container_definitions"];
    if (!body || written === undefined) throw notDeclared([resource, "container_definitions"]);
    return scope.value(written, namesOf(scope.eachOf(resource, body, key)));
  }

  /** The values that containers of these task definitions get in place of unknown ones, each once. */
  placeholdersIn(isRead: (address: string) => boolean): readonly Placeholder[] {
    const texts = [...this.#texts].flatMap(([address, text]) => (isRead(address) ? [text] : []));
    return [...this.#placeholders.used]
      .map(([attribute, text]) => ({ attribute, text }))
      .filter(({ text }) => texts.some((each) => this.#placeholders.isIn(each, text)));
  }

  /** The attributes that the last definition has needed. */
  get lookedUp(): readonly string[] {
    return [...this.#placeholders.lookedUp];
  }

  /** The attributes that can be set. */
  get settable(): ReadonlySet<string> {
    return this.#placeholders.needed;
  }
}

/** Definitions without what has no effect here. @param text JSON */
const withoutLogs = (text: string): string =>
  JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    key === "logConfiguration" ? undefined : value,
  );
