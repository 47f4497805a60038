import type { Template } from "./template.ts";

/** All addresses that a template declares. */
function declared({ json }: Template): Set<string> {
  return new Set([
    ...addresses(json.resource),
    ...addresses(json.data, "data."),
    ...addresses(json["ephemeral"] as object | undefined, "ephemeral."),
  ]);
}

function addresses(blocks: object = {}, prefix = ""): string[] {
  return Object.entries(blocks).flatMap(([type, byId]) =>
    Object.keys(byId as object).map((id) => `${prefix}${type}.${id}`),
  );
}

/** References in `${...}` to undeclared addresses. */
export function danglingReferences(template: Template): string[] {
  const known = declared(template);
  return [...template.text.matchAll(/\$\{([^}]*)\}/g)]
    .map(([, expression = ""]) => expression)
    .filter((expression) => {
      const address = /^((data\.|ephemeral\.)?\w+\.\w+)\.\w+$/.exec(expression)?.[1];
      return address === undefined || !known.has(address);
    });
}

/** Entries that are not bare addresses, in lists where Terraform requires them. */
export function notBare(template: Template): string[] {
  const known = declared(template);
  return lists(template.json)
    .flat()
    .filter((entry) => {
      const address = /^(\w+\.\w+)(\.\w+)?$/.exec(entry)?.[1];
      return address === undefined || !known.has(address);
    });
}

function lists(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    ["depends_on", "replace_triggered_by"].includes(key) ? [inner as string[]] : lists(inner),
  );
}

/** The addresses that a resource refers to, by its address. */
function needsOf({ json }: Template): Map<string, string[]> {
  return new Map(
    Object.entries(json.resource).flatMap(([type, byId]) =>
      Object.entries(byId).map(([id, resource]) => [`${type}.${id}`, addressesIn(resource)]),
    ),
  );
}

/** All resources that are created before a resource and destroyed after it: its direct and indirect references. */
export function outlive(template: Template, address: string): Set<string> {
  const needs = needsOf(template);
  const found = new Set<string>();
  const visit = (from: string): void => {
    for (const need of needs.get(from) ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(address);
  return found;
}

/** Addresses of a dependency cycle, if there is one. */
export function cycle(template: Template): string[] | undefined {
  const needs = needsOf(template);
  const done = new Set<string>();
  const visit = (address: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(address)) return [...path, address];
    if (done.has(address)) return undefined;
    for (const need of needs.get(address) ?? []) {
      const found = visit(need, [...path, address]);
      if (found !== undefined) return found;
    }
    done.add(address);
    return undefined;
  };
  for (const address of needs.keys()) {
    const found = visit(address, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

function addressesIn(resource: unknown): string[] {
  return [...JSON.stringify(resource).matchAll(/(?:\$\{|")(aws_\w+\.\w+)/g)].map(
    ([, address = ""]) => address,
  );
}
