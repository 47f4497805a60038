import { REDIS, type Setup } from "../plays/setups/setup.ts";
import { changedContainer, type Container, type Template } from "../plays/setups/template.ts";
import { withoutLock } from "../plays/setups/without-lock.ts";

/** When Redis syncs writes to disk. */
export type AppendFsync = "always" | "everysec";

/** A defect that makes a soak fail, to test the soak. */
export type Defect = "no-lock" | "no-file";

const WITH_DEFECT: Readonly<Record<Defect, (setup: Setup) => Setup>> = {
  "no-lock": withoutLock,
  "no-file": (setup) =>
    withRedis(setup, (redis) => {
      const command = redis.command?.map((word) => word.replace(APPENDS, "--appendonly no"));
      return { ...redis, command };
    }),
};

const APPENDS = "--appendonly yes";
const POLICY = "SERVER_APPENDFSYNC";

interface Variable {
  readonly name: string;
  readonly value: string;
}

interface Changes {
  readonly appendfsync?: AppendFsync | undefined;
  readonly defect?: Defect | undefined;
}

/** The setup with another `appendfsync`, and with a defect. @throws if its Redis does not append to a file */
export function soakSetup(setup: Setup, { appendfsync, defect }: Changes): Setup {
  if (!JSON.stringify(setup.local.template).includes(APPENDS)) {
    throw new Error(`${setup.environment} has no Redis on ECS that appends to a file`);
  }
  const changed =
    appendfsync === undefined
      ? setup
      : withRedis(setup, (redis) => ({
          ...redis,
          environment: variablesOf(redis).map((variable) =>
            variable.name === POLICY ? { ...variable, value: appendfsync } : variable,
          ),
        }));
  return defect === undefined ? changed : WITH_DEFECT[defect](changed);
}

function withRedis(setup: Setup, change: (redis: Container) => object): Setup {
  const changed = (template: unknown): Template =>
    changedContainer(template as Template, REDIS, change);
  return {
    ...setup,
    local: { ...setup.local, template: changed(setup.local.template) },
    release: (release) => changed(setup.release(release)),
  };
}

function variablesOf(container: object): readonly Variable[] {
  const { environment = [] } = container as { readonly environment?: readonly Variable[] };
  return environment;
}
