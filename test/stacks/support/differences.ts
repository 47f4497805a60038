import { all, type Template } from "./template.ts";

/** Addresses of the resources that differ between two templates, as a plan would show. */
export function differences(before: Template, after: Template): string[] {
  const types = Object.keys({ ...before.json.resource, ...after.json.resource });
  return types.flatMap((type) => {
    const [old, current] = [before, after].map((each) => Object.fromEntries(all(each, type)));
    return Object.keys({ ...old, ...current })
      .filter((id) => JSON.stringify(old?.[id]) !== JSON.stringify(current?.[id]))
      .map((id) => `${type}.${id}`);
  });
}
