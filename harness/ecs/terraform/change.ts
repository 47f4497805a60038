/** What Terraform would do to a resource between two versions of a template. */
export interface Change {
  readonly address: string;
  readonly type: string;
  readonly action: "create" | "update" | "replace" | "delete";
  /** The arguments that differ. */
  readonly arguments: readonly string[];
}
