import type { z } from "zod";

/**
 * A row: all that the local ECS knows about a resource type. A template with a type that is neither modelled nor
 * in `WITHOUT_LOCAL_EFFECT` is refused. In a saved plan such a type is ignored, unless its row says otherwise.
 */
export interface ResourceType {
  /** The arguments that are read, and those without effect. A type with a schema is modelled. */
  readonly schema?: z.ZodObject;

  /** Why a template with one is refused, and a plan unless it is `leftOut`. */
  readonly refused?: string;
  /** Why a plan is played without it, with a note. Without `refused`, also why a template with one is refused. */
  readonly leftOut?: string;
  /** Arguments without which a plan is played, each with the reason, which is in a note. */
  readonly notPlayed?: Readonly<Record<string, string>>;

  /** Computed arguments that keep their value from the state if a template leaves them out. */
  readonly kept?: readonly string[];
  /** What happens if an argument is not known before apply, by its path. Without an entry it is required. */
  readonly ifUnknown?: Readonly<Record<string, string>>;
  /** The argument with the actions of a listener, from which logins are left out. */
  readonly actions?: string;

  /** What replaces one: `ForceNew` in the provider's schemas. Undefined: not known. */
  readonly replacedBy?: Readonly<Record<string, Replaces>>;
  /** Why the provider refuses a change of these arguments; undefined if it does not. */
  readonly refusesChange?: (names: readonly string[], after: Arguments) => string | undefined;
  /** The changes of one that are possible while the local ECS runs. Others need a new start. */
  readonly changeable?: readonly Change["action"][];

  /** Local values of attributes that only AWS or a provider knows. */
  readonly values?: Readonly<Record<string, (from: ValueSource) => unknown>>;
  /** Attributes with the value of an argument, by their names. */
  readonly sameAs?: Readonly<Record<string, string>>;
  /** Whether containers name one, for example in their image; `value` if they get their secrets from it. */
  readonly inContainers?: "name" | "value";
  /** The form of names and ids in place of those that are not known before apply. */
  readonly placeholder?: Placeholder;
}

/** What Terraform would do to a resource between two versions of a template. */
export interface Change {
  readonly address: string;
  readonly type: string;
  readonly action: "create" | "update" | "replace" | "delete";
  /** The arguments that differ. */
  readonly arguments: readonly string[];
}

/** Rows by type. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

/** The values of arguments. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Whether a value refers to a resource that is replaced. */
export type RefersToNew = (value: unknown) => boolean;

/** Whether the change of an argument needs a new resource. */
type Replaces = (before: Arguments, after: Arguments, refersToNew: RefersToNew) => boolean;

/** Arguments whose change always needs a new resource. */
export const always = (...names: readonly string[]): Readonly<Record<string, Replaces>> =>
  Object.fromEntries(names.map((name) => [name, () => true]));

/** The entry of a table of a row; undefined if there is none. */
export const entryOf = <Entry>(
  table: Readonly<Record<string, Entry>> | undefined,
  name: string,
): Entry | undefined =>
  table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;

/** Any change is possible while the local ECS runs. */
export const ANY_CHANGE = ["create", "update", "replace", "delete"] as const;

/** What a local value is made from. */
export interface ValueSource {
  readonly block: {
    readonly address: string;
    readonly kind: "resource" | "data" | "ephemeral";
    readonly arguments: Arguments;
  };
  /** The value of an argument. */
  readonly given: (argument: string) => unknown;
  /** The provider's region; undefined if the template does not set it. */
  readonly region: string | undefined;
  /** The ARN of the resource with this name; undefined without a region. */
  readonly arnOf: (name: string) => string | undefined;
  /** SSM parameters by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Random values, by address: those of this run, or for an ephemeral block of this apply. */
  readonly drawn: Map<string, string>;
}

interface Placeholder {
  /** What is before the name in its ARN, where it is not the rest of the type: `dynamodb:table/` of aws_dynamodb_table. */
  readonly arn?: string;
  /** What its id begins with. */
  readonly id?: string;
  /** Whether its id is a URL. */
  readonly idIsUrl?: true;
  /** Whether its endpoint is a host and a port. */
  readonly endpointHasPort?: true;
}
