import { inspect } from "node:util";
import type { z } from "zod";
import type { ConfigProblem } from "./config-error.ts";

type Issue = z.core.$ZodIssue;

/** Converts zod's issues for one environment to problems with the value found and what is allowed. */
export function problemsOf(
  environment: string,
  value: unknown,
  issues: readonly Issue[],
): ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  for (const issue of issues) {
    for (const { path, message } of describe(value, issue)) {
      const field = path.join(".");
      // Several checks of a field share a message, so the first is enough.
      if (!problems.has(field)) problems.set(field, { environment, field, message });
    }
  }
  return [...problems.values()];
}

function describe(value: unknown, issue: Issue): { path: PropertyKey[]; message: string }[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: `unknown; allowed: ${issue.message}`,
    }));
  }
  // For a wrong key of a record, the value found is the key itself.
  if (issue.code === "invalid_key") {
    const allowed = issue.issues[0]?.message ?? issue.message;
    return [{ path: issue.path, message: `invalid name; allowed: ${allowed}` }];
  }
  const found = at(value, issue.path);
  const got = found === undefined ? "missing" : `got ${show(found)}`;
  return [{ path: issue.path, message: `${got}; allowed: ${issue.message}` }];
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );
}

function show(value: unknown): string {
  // Hides the password of a URL: error messages end up in logs.
  const text = written(value).replaceAll(/(:\/\/[^/@\s:"]*):[^/@\s"]*@/g, "$1:***@");
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The value as JSON if possible. `environments.ts` is a program, so it may export any value. */
function written(value: unknown): string {
  try {
    const json = typeof value === "object" ? JSON.stringify(value) : undefined;
    if (json !== undefined) return json;
  } catch {
    // A circular reference or a bigint.
  }
  return typeof value === "string"
    ? JSON.stringify(value)
    : inspect(value, { depth: 0, breakLength: Infinity });
}
