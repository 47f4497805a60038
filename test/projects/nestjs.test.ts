// A NestJS app in CommonJS, whose providers are a client of createRedis and a dialer.
import { afterAll, beforeAll, expect, it } from "vitest";

import { Project } from "./support/project.ts";

const APP = `
import "reflect-metadata";
import { Inject, Injectable, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Redis } from "ioredis";
import { type SrvResolver, type SrvDialer, createSrvDialer, dnsResolver } from "srv-dialer";
import { createRedis } from "srv-dialer/ioredis";
import { startDnsServer } from "srv-dialer/testing";

@Injectable()
class Cache {
  constructor(
    private readonly redis: Redis,
    @Inject("DIALER") private readonly dialer: SrvDialer,
  ) {}

  async check(): Promise<string> {
    const targets = await this.dialer.resolve();
    return \`\${await this.redis.ping()} \${targets.length}\`;
  }
}

@Module({
  providers: [
    Cache,
    {
      provide: "RESOLVER",
      useFactory: async (): Promise<SrvResolver> => {
        const dns = await startDnsServer();
        dns.setSrv("dev-redis.dev-ecs", { host: "redis.test", port: Number(process.env.REDIS_PORT) });
        dns.setAddress("redis.test", "127.0.0.1");
        return dnsResolver({ servers: [dns.address] });
      },
    },
    {
      provide: Redis,
      inject: ["RESOLVER"],
      useFactory: (resolver: SrvResolver) => createRedis("redis+srv://dev-redis.dev-ecs", {}, { resolver }),
    },
    {
      provide: "DIALER",
      inject: ["RESOLVER"],
      useFactory: (resolver: SrvResolver) => createSrvDialer("dev-redis.dev-ecs", { resolver }),
    },
  ],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  console.log(await app.get(Cache).check());
  process.exit();
}
void main();
`;

let project: Project;

beforeAll(async () => {
  project = await Project.create({ "app.ts": APP });
});

afterAll(() => project[Symbol.asyncDispose]());

it.each([
  ["typescript-5.9", "commonjs"],
  ["typescript", "node16"],
  ["typescript", "nodenext"],
])("NestJS compiled by %s with module %s", async (compiler, module) => {
  const compilerOptions = {
    module,
    target: "es2022",
    types: ["node"],
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    outDir: module,
  };
  project.write({ "tsconfig.json": JSON.stringify({ compilerOptions, files: ["app.ts"] }) });
  await project.node(`node_modules/${compiler}/bin/tsc`);
  expect(await project.node(`${module}/app.js`)).toBe("PONG 1\n");
});
