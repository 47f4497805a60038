import type { LocalEcs } from "../../ecs/index.ts";
import { UsageError } from "../../../command-line/options.ts";
import { messageOf } from "../../../command-line/error-text.ts";
import type { AppHints } from "../../views/terminal/app-hints.ts";
import { columnsOf, wrapped } from "../../views/terminal/wrap.ts";
import type { LocalSettings } from "../shared/templates/local-settings.ts";

/** The deployments of a run, in sequence. */
export class LocalDeployments {
  readonly #ecs: LocalEcs;
  readonly #settings: LocalSettings;
  readonly #hints: AppHints;
  /** The first deployment and the later ones of a plan. */
  readonly first: Promise<void>;
  #last: Promise<void>;
  /** What was applied last of a folder. */
  #applied: LocalSettings["next"][number] | undefined;

  constructor(ecs: LocalEcs, settings: LocalSettings, hints: AppHints) {
    this.#ecs = ecs;
    this.#settings = settings;
    this.#hints = hints;
    this.first = this.#caused(this.#deployAll());
    this.#last = this.first;
    // Callers that await it get the error. This handler prevents an unhandled rejection.
    this.first.catch(() => {});
  }

  /**
   * Starts new tasks of a service. Without a name: of the user's services, or of all services if nothing is deployed
   * yet.
   */
  again(service: string | undefined): Promise<void> {
    this.#hints.forget();
    const names = service === undefined ? this.#own() : [service];
    console.log(`\n  ${names.join(", ") || "everything"} is redeployed\n`);
    this.#last = this.#caused(this.#redeploy(names));
    return this.#last;
  }

  /**
   * Evaluates the folder again, and deploys what has changed.
   * @throws UsageError without a folder
   */
  apply(signal: AbortSignal): Promise<void> {
    const { again } = this.#settings;
    if (again === undefined) throw new UsageError("apply: needs --terraform");
    this.#hints.forget();
    this.#last = this.#caused(this.#applyAgain(() => again(signal)));
    return this.#last;
  }

  /**
   * Resolves once the last deployment has ended and every service is stable. @param timeout ms, from the end of the
   * deployment
   */
  async untilStable(timeout: number): Promise<void> {
    await this.#last;
    await this.#ecs.waitUntilStable({ timeout });
  }

  async #deployAll(): Promise<void> {
    await this.#ecs.apply();
    await this.#ecs.waitUntilStable();
    for (const module of this.#settings.next) {
      console.log("\n  the change of the plan is being deployed\n");
      await this.#ecs.apply(module);
      await this.#ecs.waitUntilStable();
    }
  }

  async #applyAgain(evaluate: () => Promise<LocalSettings["next"][number]>): Promise<void> {
    const module = await evaluate();
    this.#applied = module;
    const changed = await this.#ecs.apply(module);
    console.log(
      `\n  ${changed.length === 0 ? "nothing has changed" : `changed: ${changed.join(", ")}`}\n`,
    );
    await this.#ecs.waitUntilStable();
  }

  async #redeploy(names: readonly string[]): Promise<void> {
    for (const name of names) this.#ecs.forceNewDeployment(name);
    if (names.length === 0) await this.#ecs.apply(this.#applied ?? this.#settings.next.at(-1));
    await this.#ecs.waitUntilStable();
  }

  /** The services that run an image of the user. Empty before the first deployment. */
  #own(): string[] {
    const { plan, isOwn } = this.#settings;
    const isOwnService = ({ name }: { readonly name: string }): boolean => {
      const taskDefinition = plan.services.find((each) => each.name === name)?.taskDefinition ?? "";
      const { containers = [] } = plan.taskDefinitions.get(taskDefinition) ?? {};
      return containers.some(({ image }) => isOwn(image));
    };
    return this.#ecs.services.filter(isOwnService).map(({ name }) => name);
  }

  /** Adds the last hint about the app to an error. */
  #caused(deploying: Promise<void>): Promise<void> {
    return deploying.catch((error: unknown) => {
      const lines = [messageOf(error), this.#hints.last ?? []].flat();
      throw new Error(lines.join("\n"), { cause: error });
    });
  }
}

/** Reports a failed deployment; the run continues. @returns whether the deployment succeeded */
export async function reportFailure(
  deploying: Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await deploying;
    return true;
  } catch (error) {
    // The end of the run also ends the deployment.
    if (signal.aborted) return false;
    const columns = columnsOf(process.stdout);
    const lines = messageOf(error).split("\n");
    const said = lines.map((line) => wrapped(`  ${line}`, columns, 4)).join("\n");
    console.log(`\n${said}\n  type redeploy to deploy the app again; Ctrl-C ends the run\n`);
    return false;
  }
}
