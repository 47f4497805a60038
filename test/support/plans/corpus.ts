import { existsSync, readdirSync } from "node:fs";
import {
  playedPlan,
  type PlayedPlan,
} from "../../../harness/commands/shared/templates/saved-plans.ts";
import { inputsOf } from "../../../harness/commands/shared/templates/template-inputs.ts";
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
  /** What containers get in place of values that are not known before apply. */
  readonly placeholders?: Readonly<Record<string, string>>;
  /** Secrets that need a value. */
  readonly secrets?: readonly string[];
  /** Environment files in S3, which need a local one. */
  readonly environmentFiles?: readonly string[];
  readonly refused?: readonly string[];
}

/** Reads a plan as `npm run local -- --plan` does. */
export async function outcomeOf(name: string): Promise<Outcome> {
  const none = { parameters: {}, namespaces: {}, attributes: {} };
  const options = { plan: inCorpus(name), resolve: {} };
  return playedPlan(options, none, ".").then(comesUp, (error: Error) => ({
    refused: withoutFolder(error.message)
      .replace(/^error: (?:option --plan: \s*)?/, "")
      .split(/\s*\n\s*/),
  }));
}

/** A text without this machine's folder. */
const withoutFolder = (text: string): string => text.replaceAll(CORPUS.pathname, "");

function comesUp({ templates, notes, outside, placeholders }: PlayedPlan): Outcome {
  const [template] = templates;
  const { secret: all, keys, envFile } = inputsOf(template, outside.parameters);
  const secret = all.filter((name) => !Object.hasOwn(outside.parameters, name));
  return {
    services: Object.fromEntries(
      template.plan.services.map((service) => [service.name, described(service, template.plan)]),
    ),
    notes: notes.map(({ address, text }) => withoutFolder(`${address}: ${text}`)),
    ...(placeholders.length > 0 && {
      placeholders: Object.fromEntries(
        placeholders.map(({ attribute, text }) => [attribute, text]),
      ),
    }),
    ...(secret.length > 0 && {
      secrets: secret.flatMap((name) => {
        const own = keys[name] ?? [];
        return own.length === 0 ? name : own.map((key) => `${name}:${key}`);
      }),
    }),
    ...(envFile.length > 0 && { environmentFiles: envFile }),
  };
}

function described(service: Plan["services"][number], plan: Plan): object {
  const { desiredCount, taskDefinition, registries, targets, serviceConnect } = service;
  const endpoints =
    serviceConnect?.endpoints.map(({ dnsName, port }) => `${dnsName}:${port}`) ?? [];
  const definition = plan.taskDefinitions.get(taskDefinition);
  const names = registries.flatMap(({ address }) => plan.discovery.get(address)?.name ?? []);
  return {
    tasks: desiredCount,
    mode: definition?.networkMode,
    ...(names.length > 0 && { names }),
    ...(endpoints.length > 0 && { endpoints }),
    ...(targets.length > 0 && { targets: targets.map(({ address }) => address) }),
    containers: Object.fromEntries(
      (definition?.containers ?? []).map((each) => [each.name, each.image]),
    ),
  };
}
