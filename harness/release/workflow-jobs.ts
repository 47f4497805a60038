import { archiveName, CHECKSUMS, sbomName, tarballName } from "./artifact-names.ts";

/** What each job of .github/workflows/release.yml does once the tag is pushed, by the job's name there. */
export const workflowJobs = (version: string): Readonly<Record<string, string>> => ({
  build: `checks and tests the tag, and packs ${tarballName(version)}, ${archiveName(version)}, ${sbomName(version)} and ${CHECKSUMS}`,
  publish: `publishes ${tarballName(version)} to npm as srv-dialer@${version}, with provenance and without a token`,
  release: `makes the release v${version} on GitHub with these files, and with the section of CHANGELOG.md as its text`,
});
