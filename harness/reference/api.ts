/** The public names of a package, and what their docstrings say. */
export interface Api {
  readonly entries: readonly ApiEntry[];
}

export interface ApiEntry {
  /** As it is imported: `srv-dialer/ioredis`. */
  readonly entry: string;
  readonly names: readonly ApiName[];
}

export interface ApiName {
  readonly name: string;
  readonly kind: "class" | "function" | "interface" | "type" | "constant";
  /** Its declaration without docstrings and bodies, with one space where the source has any. Overloads: all. */
  readonly signature: string;
  readonly docs: ApiDocs;
  /** Properties, methods, statics, constructors; [] for functions and constants. Inherited ones from other packages are left out. */
  readonly members: readonly ApiMember[];
}

export interface ApiMember {
  readonly name: string;
  readonly signature: string;
  readonly isOptional: boolean;
  readonly docs: ApiDocs;
}

export interface ApiDocs {
  readonly text: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}
