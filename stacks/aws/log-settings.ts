import type { ServiceSettings } from "../config/environment-schema.ts";

/** How every log group of an environment is kept. */
export interface LogSettings {
  readonly retentionInDays: number;
  readonly skipDestroy: boolean;
  readonly kmsKeyId?: string;
}

export function logSettings(
  environment: Pick<ServiceSettings, "protected" | "logRetentionDays" | "logKmsKeyArn">,
): LogSettings {
  const { logKmsKeyArn, logRetentionDays } = environment;
  return {
    retentionInDays: logRetentionDays,
    // A protected environment's logs outlive it: they may say what happened.
    skipDestroy: environment.protected,
    ...(logKmsKeyArn !== undefined && { kmsKeyId: logKmsKeyArn }),
  };
}
