import type { Scanned, Scanner, Template } from "./scanner.ts";

/**
 * checkov reads a copy without `terraform.required_version`. Version 3.3 reads that string as a list, stops without
 * a check and exits with 0.
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

/** @param output one report, or a list with one per framework */
function scannedIn(output: string): Scanned {
  const reports = [JSON.parse(output) as Report | Report[]].flat();
  // Without checks, a report is only { "passed": 0, ... }.
  const whole = reports.filter((each) => each.summary);
  const sum = (of: (report: Report) => number): number =>
    whole.reduce((total, each) => total + of(each), 0);
  const unread = sum(({ summary }) => summary.parsing_errors);
  if (unread > 0) throw new Error(`checkov could not read ${unread} file(s)`);
  const failed = whole.flatMap(({ results }) =>
    results.failed_checks.map(({ check_id: id, resource }) => `${id} ${resource}`),
  );
  return { passed: sum(({ summary }) => summary.passed), failed };
}
