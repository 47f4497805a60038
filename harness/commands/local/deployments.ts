import type { LocalEcs } from "../../ecs/index.ts";
import { messageOf } from "../../../command-line/error-text.ts";
import type { AppHints } from "../../views/terminal/app-hints.ts";
import { columnsOf, wrapped } from "../../views/terminal/wrap.ts";
import type { LocalSettings } from "../source/settings.ts";

/** The deployments of a run, one after the other. */
export class LocalDeployments {
  readonly #ecs: LocalEcs;
  readonly #settings: LocalSettings;
  readonly #hints: AppHints;
  /** The first deployment, and those of a plan that follow it. */
  readonly first: Promise<void>;
  #last: Promise<void>;

  constructor(ecs: LocalEcs, settings: LocalSettings, hints: AppHints) {
    this.#ecs = ecs;
    this.#settings = settings;
    this.#hints = hints;
    this.first = this.#caused(this.#deployAll());
    this.#last = this.first;
    // Anyone who waits for it is told.
    this.first.catch(() => {});
  }

  /** Starts new tasks of a service; without a name of the user's own, or of all where none has been deployed. */
  again(service: string | undefined): Promise<void> {
    this.#hints.forget();
    const names = service === undefined ? this.#own() : [service];
    console.log(`\n  ${names.join(", ") || "everything"} is deployed again\n`);
    this.#last = this.#caused(this.#redeploy(names));
    return this.#last;
  }

  /** Resolves once the last deployment is over and every service is stable. @param timeout ms after that */
  async untilStable(timeout: number): Promise<void> {
    await this.#last;
    await this.#ecs.waitUntilStable({ timeout });
  }

  async #deployAll(): Promise<void> {
    await this.#ecs.apply();
    await this.#ecs.waitUntilStable();
    for (const module of this.#settings.next) {
      console.log("\n  the change of the plan is deployed\n");
      await this.#ecs.apply(module);
      await this.#ecs.waitUntilStable();
    }
  }

  async #redeploy(names: readonly string[]): Promise<void> {
    for (const name of names) this.#ecs.forceNewDeployment(name);
    if (names.length === 0) await this.#ecs.apply(this.#settings.next.at(-1));
    await this.#ecs.waitUntilStable();
  }

  /** The services with an image of the user's own; none before anything has been deployed. */
  #own(): string[] {
    const { plan, isOwn } = this.#settings;
    const isOwnService = ({ name }: { readonly name: string }): boolean => {
      const taskDefinition = plan.services.find((each) => each.name === name)?.taskDefinition ?? "";
      const { containers = [] } = plan.taskDefinitions.get(taskDefinition) ?? {};
      return containers.some(({ image }) => isOwn(image));
    };
    return this.#ecs.services.filter(isOwnService).map(({ name }) => name);
  }

  /** An error says what the app said last. */
  #caused(deploying: Promise<void>): Promise<void> {
    return deploying.catch((error: unknown) => {
      const lines = [messageOf(error), this.#hints.last ?? []].flat();
      throw new Error(lines.join("\n"), { cause: error });
    });
  }
}

/** A deployment that failed is told, and ends nothing. @returns whether it succeeded */
export async function told(deploying: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await deploying;
    return true;
  } catch (error) {
    // The end of the run ends it, too.
    if (signal.aborted) return false;
    const columns = columnsOf(process.stdout);
    const lines = messageOf(error).split("\n");
    const said = lines.map((line) => wrapped(`  ${line}`, columns, 4)).join("\n");
    console.log(`\n${said}\n  redeploy deploys the app again, Ctrl-C ends it\n`);
    return false;
  }
}
