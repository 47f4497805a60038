import { HarnessError } from "../../../base/errors.ts";
import { messageOf } from "../../../base/message-of.ts";
import { foldersOf, type WrittenModule } from "../../configuration/written-module.ts";
import type { RegionAndAccount } from "../../types/aws-names.ts";
import type { InstanceIndex } from "../instance-index.ts";
import type { Instance } from "../instances.ts";
import { withApiNames } from "./container-names.ts";
import { Placeholders } from "./placeholders.ts";
import { sourceFunctions } from "./source-functions.ts";
import { type Shared, SourceScope } from "./source-scope.ts";

/** A local value in place of one that is not known before apply. */
export interface Placeholder {
  /** `aws_db_instance.main.address` */
  readonly attribute: string;
  readonly text: string;
}

export interface SourceOptions {
  readonly variables: Shared["variables"];
  /** Values by the name of the attribute. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly where: RegionAndAccount;
}

/**
 * Evaluates container definitions that are not known before apply. A plan has their references, not their text, so
 * the text comes from the configuration's files.
 */
export class SourceDefinitions {
  readonly #scope: SourceScope;
  readonly #placeholders: Placeholders;
  readonly #texts = new Map<string, string>();
  readonly folder: string;

  constructor(
    module: WrittenModule,
    instances: InstanceIndex,
    { variables, attributes, where }: SourceOptions,
  ) {
    const { folder = "." } = module;
    this.folder = folder;
    this.#placeholders = new Placeholders(attributes, where);
    const shared = {
      instances,
      variables,
      placeholders: this.#placeholders,
      functions: sourceFunctions(folder, foldersOf(module)),
      root: folder,
    };
    this.#scope = new SourceScope(shared, module);
  }

  /** The container definitions of a task definition. @throws HarnessError that says why there are none */
  read({ address, steps, type, name, index }: Instance): string {
    this.#placeholders.lookedUp.clear();
    try {
      const scope = this.#scope.below(steps);
      const text = scope.argument(`${type}.${name}`, index, "container_definitions");
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
