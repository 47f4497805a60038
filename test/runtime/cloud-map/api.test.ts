import { describe, expect, it, vi } from "vitest";
import { cloudMapResolver } from "../../../runtime/src/cloud-map.ts";
import { startCloudMap } from "../support/fake-cloud-map.ts";

const NAME = "dev-redis.dev-ecs";
/** Timeout, in ms. */
const PATIENCE = 10_000;
const patience = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(PATIENCE) });

describe("a Cloud Map API that cannot be asked", () => {
  it("without a region, rejects, and warns once what to do", async () => {
    const warnings = collectWarnings();
    stubEmptyAwsEnvironment();
    try {
      const resolver = cloudMapResolver();
      await resolver.prepare?.(NAME);
      expect(warnings).toEqual([expect.stringContaining("AWS_REGION")]);
      await expect(resolver.resolve(NAME, patience())).rejects.toThrow(
        "DiscoverInstances of service dev-redis in Cloud Map namespace dev-ecs: Region is missing",
      );
      expect(warnings).toHaveLength(1);
    } finally {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    }
  });

  it("warns once of each cause that the API refuses or cannot be reached, not of its answers", async () => {
    await using api = await startCloudMap();
    const warnings = collectWarnings();
    try {
      const resolver = cloudMapResolver({ client: api.client });
      const ask = async (type: string): Promise<void> => {
        api.behaviour = { status: 400, type };
        await resolver.resolve(NAME, patience()).catch(() => {});
      };
      for (const type of ["ThrottlingException", "ServiceNotFound"]) await ask(type);
      expect(warnings).toEqual([]);
      const denied = cloudMapResolver({ client: api.client });
      api.behaviour = { status: 400, type: "AccessDeniedException" };
      for (let calls = 0; calls < 2; calls++)
        await denied.resolve(NAME, patience()).catch(() => {});
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain("servicediscovery:DiscoverInstances");
      api.behaviour = { status: 500, type: "InternalFailure" };
      await denied.resolve("other.dev-ecs", patience()).catch(() => {});
      expect(warnings).toHaveLength(2);
    } finally {
      vi.restoreAllMocks();
    }
  });
});

/** The messages of our warnings. The SDK has warnings of its own. */
function collectWarnings(): string[] {
  const warnings: string[] = [];
  vi.spyOn(process, "emitWarning").mockImplementation((message, options) => {
    const { code } = (options ?? {}) as { readonly code?: string };
    if (code === "SRV_CLOUD_MAP") warnings.push(String(message));
  });
  return warnings;
}

function stubEmptyAwsEnvironment(): void {
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
}
