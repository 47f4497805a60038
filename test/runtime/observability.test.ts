// Runs the recipes of docs/diagnostics.md with the SDK of OpenTelemetry.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { SpanStatusCode, context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createSrvDialer } from "../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../runtime/src/dns/resolver.ts";
import { HOST, NAME, dnsTo, portOf, startListener } from "./support/dialing.ts";
import { snippetWith } from "./support/snippets.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the snippet of the package's pages with this text. Its imports resolve in the repository. */
async function runSnippet(text: string): Promise<void> {
  const { code } = await transform(snippetWith(text), { loader: "ts" });
  mkdirSync(join(ROOT, "node_modules/.cache"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "node_modules/.cache/snippet-"));
  const file = join(folder, "snippet.mjs");
  writeFileSync(file, code);
  try {
    await import(/* @vite-ignore */ pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the recipe for OpenTelemetry", () => {
  const spans = new InMemorySpanExporter();
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: measured,
    exportIntervalMillis: 3_600_000,
  });

  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({
        spanProcessors: [new SimpleSpanProcessor(spans)],
      }),
    );
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    await runSnippet("@opentelemetry/api");
  });

  afterAll(async () => {
    await reader.shutdown();
    context.disable();
    trace.disable();
    metrics.disable();
  });

  it("makes spans of dials, below the caller's, and measures them", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    const dialer = createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }) });
    const caller = await trace.getTracer("test").startActiveSpan("caller", async (span) => {
      await portOf(dialer.connect());
      span.end();
      return span.spanContext().spanId;
    });
    const resolver = { resolve: () => Promise.reject(new Error("SERVFAIL")) };
    await expect(createSrvDialer(NAME, { resolver }).connect()).rejects.toThrow("SERVFAIL");
    const dials = spans.getFinishedSpans().filter(({ name }) => name === "srv connect");
    expect(dials).toMatchObject([
      {
        parentSpanContext: { spanId: caller },
        attributes: { "srv.name": NAME, "server.address": HOST, "server.port": server.port },
      },
      {
        status: { code: SpanStatusCode.ERROR },
        attributes: { "error.type": "ERR_SRV_RESOLVE" },
      },
    ]);
    await reader.forceFlush();
    const found = measured.getMetrics()[0]?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const durations = found.find(
      ({ descriptor }) => descriptor.name === "srv_dialer.connect.duration",
    );
    expect(durations?.dataPoints.length).toBeGreaterThan(0);
  });
});
