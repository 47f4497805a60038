import { existsSync, readdirSync } from "node:fs";
import { playedPlan, type PlayedPlan } from "../../../harness/commands/source/saved-plans.ts";
import { inputsOf } from "../../../harness/commands/source/template-inputs.ts";
import type { Plan } from "../../../harness/ecs/index.ts";

const CORPUS = new URL("corpus/", import.meta.url);

/** A file of a recorded shape. */
export const inCorpus = (name: string, file = "plan.json"): string =>
  new URL(`${name}/${file}`, CORPUS).pathname;

/** The names of all recorded shapes. */
export const shapes = (): string[] =>
  readdirSync(CORPUS).filter((name) => existsSync(inCorpus(name)));

/** What comes up of a plan with no option. */
export interface Outcome {
  /** Each service, with the images of its containers by name. */
  readonly services?: Readonly<Record<string, object>>;
  readonly notes?: readonly string[];
  /** Secrets that need a value. */
  readonly secrets?: readonly string[];
  readonly refused?: readonly string[];
}

/** Reads a plan as `npm run local -- --plan` does. */
export async function outcomeOf(name: string): Promise<Outcome> {
  const none = { parameters: {}, namespaces: {}, attributes: {} };
  const options = { plan: inCorpus(name), resolve: {} };
  return playedPlan(options, none, ".").then(comesUp, (error: Error) => ({
    refused: error.message.replace(/^error: (?:option --plan: \s*)?/, "").split(/\s*\n\s*/),
  }));
}

function comesUp({ templates, notes, outside }: PlayedPlan): Outcome {
  const [template] = templates;
  const { secret, keys } = inputsOf(template, outside.parameters);
  return {
    services: Object.fromEntries(
      template.plan.services.map((service) => [service.name, described(service, template.plan)]),
    ),
    notes: notes.map(({ address, text }) => `${address}: ${text}`),
    ...(secret.length > 0 && {
      secrets: secret.flatMap((name) => {
        const own = keys[name] ?? [];
        return own.length === 0 ? name : own.map((key) => `${name}:${key}`);
      }),
    }),
  };
}

function described(service: Plan["services"][number], plan: Plan): object {
  const { desiredCount, taskDefinition, registries, targets } = service;
  const definition = plan.taskDefinitions.get(taskDefinition);
  const names = registries.flatMap(({ address }) => plan.discovery.get(address)?.name ?? []);
  return {
    tasks: desiredCount,
    mode: definition?.networkMode,
    ...(names.length > 0 && { names }),
    ...(targets.length > 0 && { targets: targets.map(({ address }) => address) }),
    containers: Object.fromEntries(
      (definition?.containers ?? []).map((each) => [each.name, each.image]),
    ),
  };
}
