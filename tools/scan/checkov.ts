import type { Scanned, Scanner, Template } from "./scanner.ts";

/**
 * Reads a copy without `terraform.required_version`: checkov 3.3 expects a list there, stops, and exits 0 without
 * checking anything.
 */
export const checkov: Scanner = {
  name: "checkov",
  install: "install it with: pipx install checkov==3.3.8",
  accepted: { isProtected: ".checkov.yaml", other: ".checkov.unprotected.yaml" },
  readable: withoutVersion,
  arguments: (folder, accepted) => [
    "--directory",
    folder,
    "--config-file",
    accepted,
    "--output",
    "json",
  ],
  scanned: scannedIn,
};

function withoutVersion({ terraform, ...rest }: Template): object {
  const { required_version: _version, ...others } = terraform as { required_version?: string };
  return { ...rest, terraform: others };
}

interface Report {
  readonly summary: { readonly passed: number; readonly parsing_errors: number };
  readonly results: {
    readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[];
  };
}

/** @param output a report, or a list with a report for each framework */
function scannedIn(output: string): Scanned {
  const reports = [JSON.parse(output) as Report | Report[]].flat();
  // If there was nothing to check, a report is only { "passed": 0, ... }.
  const complete = reports.filter((each) => each.summary);
  const sum = (of: (report: Report) => number): number =>
    complete.reduce((total, each) => total + of(each), 0);
  const unread = sum(({ summary }) => summary.parsing_errors);
  if (unread > 0) throw new Error(`checkov could not read ${unread} file(s)`);
  const failed = complete.flatMap(({ results }) =>
    results.failed_checks.map(({ check_id: id, resource }) => `${id} ${resource}`),
  );
  return { passed: sum(({ summary }) => summary.passed), failed };
}
