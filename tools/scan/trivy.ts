import type { Scanned, Scanner } from "./scanner.ts";

/** For a stack that it cannot read, it exits 0 and has no results. */
export const trivy: Scanner = {
  name: "trivy",
  install: "install version 0.69.3 (https://trivy.dev/docs/latest/getting-started/installation/)",
  accepted: { isProtected: ".trivyignore.yaml", other: ".trivyignore.unprotected.yaml" },
  arguments: (folder, accepted) => [
    "config",
    "--quiet",
    "--ignorefile",
    accepted,
    "--format",
    "json",
    folder,
  ],
  scanned: scannedIn,
};

interface Report {
  readonly Results?: readonly {
    readonly MisconfSummary?: { readonly Successes: number };
    readonly Misconfigurations?: readonly {
      readonly ID: string;
      readonly CauseMetadata: { readonly Resource: string };
    }[];
  }[];
}

function scannedIn(output: string): Scanned {
  const { Results: results = [] } = JSON.parse(output) as Report;
  const passed = results.map(({ MisconfSummary: summary }) => summary?.Successes ?? 0);
  const findings = results.flatMap(({ Misconfigurations: found = [] }) => found);
  return {
    passed: passed.reduce((sum, each) => sum + each, 0),
    failed: findings.map(
      ({ ID: id, CauseMetadata: { Resource: resource } }) => `${id} ${resource}`,
    ),
  };
}
