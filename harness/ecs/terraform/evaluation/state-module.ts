/** A resource or a data source with its values, as in a state. */
interface StateResource {
  readonly address: string;
  readonly mode?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** The values of a module, as in a state. */
export interface StateModule {
  readonly resources?: readonly StateResource[];
  readonly child_modules?: readonly StateModule[];
}

/** Those of a module and of the modules that it calls. */
export const resourcesIn = ({
  resources = [],
  child_modules: children = [],
}: StateModule): StateResource[] => [...resources, ...children.flatMap(resourcesIn)];
