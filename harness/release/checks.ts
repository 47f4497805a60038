/** One command that must end with 0. */
export interface Check {
  /** As in the workflow. */
  readonly command: string;
  /** The program that it runs. Where the machine has none, the workflow alone checks this. */
  readonly program?: string;
}

/** What CI checks and this machine can run, the quick ones first. */
export const CHECKS: readonly Check[] = [
  { command: "npm run check" },
  { command: "npm run synth" },
  { command: "npm run checkov", program: "checkov" },
  { command: "npm run trivy", program: "trivy" },
  { command: "npm start" },
  { command: "npm test" },
  { command: "npm run test:long" },
  { command: "npm run scenarios -- --times 1 --parallel 2" },
];

/** What CI runs beside them, and why a release does not. */
export const LEFT_TO_CI: Readonly<Record<string, string>> = {
  "npm ci": "it installs; a release is made where that was done",
  "npm pack -w runtime": "the image of the example needs Docker; npm run check packs the package",
  "npm run emulated": "it needs Terraform and an emulator of AWS",
};
