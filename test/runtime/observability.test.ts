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
  ParentBasedSampler,
  SamplingDecision,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { transform } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createSrvDialer } from "../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../runtime/src/dns/resolver.ts";
import { listenTo } from "./support/channels.ts";
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

  let isSampled = true;
  const root = {
    shouldSample: (_context: unknown, _trace: string, name: string) => ({
      decision:
        isSampled || name === "srv resolve"
          ? SamplingDecision.RECORD_AND_SAMPLED
          : SamplingDecision.NOT_RECORD,
    }),
  };

  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({
        spanProcessors: [new SimpleSpanProcessor(spans)],
        sampler: new ParentBasedSampler({ root }),
      }),
    );
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    await runSnippet("@opentelemetry/api");
  });

  beforeEach(() => spans.reset());

  afterAll(async () => {
    await reader.shutdown();
    context.disable();
    trace.disable();
    metrics.disable();
  });

  const ended = () =>
    spans.getFinishedSpans().map((span) => ({
      name: span.name,
      attributes: span.attributes,
      status: span.status.code,
      parent: span.parentSpanContext?.spanId,
      id: span.spanContext().spanId,
    }));

  it("creates a span for a dial, below the caller's, and one for its lookup below it", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    const dialer = createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }) });
    const caller = await trace.getTracer("test").startActiveSpan("caller", async (span) => {
      await portOf(dialer.connect());
      span.end();
      return span.spanContext().spanId;
    });
    const [resolve, connect] = ended();
    expect(connect).toMatchObject({
      name: "srv connect",
      parent: caller,
      attributes: { "srv.name": NAME, "server.address": HOST, "server.port": server.port },
    });
    expect(resolve).toMatchObject({
      name: "srv resolve",
      parent: connect?.id,
      attributes: { "srv.name": NAME, "srv.targets": 1 },
    });
    spans.reset();
    await portOf(dialer.connect());
    expect(ended().map(({ name }) => name)).toEqual(["srv connect"]);
  });

  it("creates no span for the lookup of a dial that is not sampled", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    const dialer = createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }) });
    isSampled = false;
    try {
      await portOf(dialer.connect());
    } finally {
      isSampled = true;
    }
    expect(dns.queries.filter(({ type }) => type === "SRV")).toHaveLength(1);
    expect(ended()).toEqual([]);
  });

  it("records the code of a failure", async () => {
    await using dns = await dnsTo();
    dns.fault("servfail");
    const resolver = dnsResolver({ servers: [dns.address], tries: 1 });
    await expect(createSrvDialer(NAME, { resolver }).connect()).rejects.toThrow("SERVFAIL");
    const failed = {
      status: SpanStatusCode.ERROR,
      attributes: { "error.type": "ERR_SRV_RESOLVE" },
    };
    expect(ended()).toMatchObject([
      { name: "srv resolve", ...failed },
      { name: "srv connect", ...failed },
    ]);
  });

  it("measures steps and counts stale answers", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    const resolver = dnsResolver({ servers: [dns.address], tries: 1 });
    const dialer = createSrvDialer(NAME, { resolver, cache: { minTtl: 0, maxTtl: 1 } });
    using stale = listenTo("srv-dialer:stale");
    await portOf(dialer.connect());
    dns.fault("servfail");
    await expect
      .poll(async () => {
        await portOf(dialer.connect());
        return stale.length;
      })
      .toBeGreaterThan(0);
    await reader.forceFlush();
    const [resource] = measured.getMetrics();
    const found = resource?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
    const names = found.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints.length > 0,
    ]);
    expect(Object.fromEntries(names)).toEqual({
      "srv_dialer.step.duration": true,
      "srv_dialer.stale_answers": true,
    });
  });
});
