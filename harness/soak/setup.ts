import { changedContainer, type Template } from "../plays/setups/template.ts";
import { REDIS, type Setup } from "../plays/setups/setup.ts";
import { APPEND_FSYNC, type AppendFsync } from "./append-fsync.ts";

const VARIABLE = "SERVER_APPENDFSYNC";

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** @throws if the environment has no Redis on ECS */
export function appendFsyncOf({ environment, local }: Setup): AppendFsync {
  let found: string | undefined;
  changedContainer(local.template as Template, REDIS, (container) => {
    found ??= variablesOf(container).find(({ name }) => name === VARIABLE)?.value;
    return container;
  });
  const known = APPEND_FSYNC.find((each) => each === found);
  if (known !== undefined) return known;
  throw new Error(
    `${environment} has no Redis on ECS that appends to a file: nothing to move here`,
  );
}

/** The setup with another `appendfsync`. An environment cannot have `no`. */
export function withAppendFsync(setup: Setup, appendFsync: AppendFsync): Setup {
  const change = (template: unknown): Template =>
    changedContainer(template as Template, REDIS, (container) => ({
      ...container,
      environment: variablesOf(container).map((variable) =>
        variable.name === VARIABLE ? { ...variable, value: appendFsync } : variable,
      ),
    }));
  return {
    ...setup,
    local: { ...setup.local, template: change(setup.local.template) },
    release: (release) => change(setup.release(release)),
  };
}

function variablesOf(container: object): readonly Variable[] {
  const { environment = [] } = container as { readonly environment?: readonly Variable[] };
  return environment;
}
