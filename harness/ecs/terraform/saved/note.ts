/** A note about a resource, for the user. */
export interface Note {
  readonly address: string;
  readonly text: string;
}
