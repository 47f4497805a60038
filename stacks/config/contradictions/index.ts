import type { z } from "zod";
import type { EnvironmentFields } from "../environment-schema.ts";
import type { Contradiction } from "./contradiction.ts";
import { existingPartsContradictions } from "./existing-parts-contradictions.ts";
import { stateContradictions } from "./state-contradictions.ts";
import { modeContradictions } from "./mode-contradictions.ts";
import { networkContradictions } from "./network-contradictions.ts";
import { operationContradictions } from "./operation-contradictions.ts";
import { recoveryContradictions } from "./recovery-contradictions.ts";
import { redisContradictions } from "./redis-contradictions.ts";
import { serviceContradictions } from "./service-contradictions.ts";
import { appContradictions } from "./app-contradictions.ts";
import { imageContradictions, notLatest } from "./image-contradictions.ts";
import { hostFindings } from "../hosts/host-findings.ts";

const contradictions: readonly Contradiction[] = [
  ...existingPartsContradictions,
  ...networkContradictions,
  ...stateContradictions,
  ...redisContradictions,
  ...appContradictions,
  ...modeContradictions,
  ...imageContradictions,
  ...operationContradictions,
  ...recoveryContradictions,
];

/** Adds an issue for each contradiction in an environment whose fields are valid individually. */
export function refuseContradictions(
  environment: EnvironmentFields,
  context: z.core.$RefinementCtx,
): void {
  // With an invalid, very large count, `roomsOf` would create as many objects.
  if (context.issues.length > 0) return;
  const refuse = (path: readonly string[], message: string): void => {
    context.issues.push({ code: "custom", path: [...path], message, input: environment });
  };
  const ofApp = notLatest(["app", "image"], environment.app.image);
  const all = [...contradictions, ofApp, ...serviceContradictions(environment)];
  for (const { path, allowed, holds } of all) {
    if (holds(environment)) continue;
    refuse(path, typeof allowed === "string" ? allowed : allowed(environment));
  }
  for (const { path, allowed } of hostFindings(environment)) refuse(path, allowed);
}
