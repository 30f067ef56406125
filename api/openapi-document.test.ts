import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { authorized, createFakeApp, incidentId } from './fake-app.ts';
import { createOpenApiDocument } from './openapi-document.ts';
import { listRoutes } from './route-list.ts';

const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    responses: z.record(z.string(), z.unknown()),
  }),
});
const operationSchema = z.object({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ name: z.string() })).optional(),
  responses: z.record(z.string(), z.unknown()),
});

const document = documentSchema.parse(createOpenApiDocument());
const documented = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([name]) => name !== 'parameters')
    .map(([method, operation]) => ({
      address: `${method.toUpperCase()} ${path}`,
      operation: operationSchema.parse(operation),
    })),
);

it('describes every route that there is, and none that is not', async () => {
  const { app } = createFakeApp();
  await app.ready();
  const routes = listRoutes(app)
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
  expect(routes.length).toBeGreaterThan(10);
  expect(documented.map(({ address }) => address).sort()).toEqual(routes.sort());
});

it('names each operation once', () => {
  const ids = documented.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

it('refers only to what it holds', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(10);
  for (const [, kind = '', name = ''] of references) {
    expect(
      Object.keys(kind === 'schemas' ? document.components.schemas : document.components.responses),
    ).toContain(name);
  }
});

it('is served as it is', async () => {
  const { app } = createFakeApp();
  const response = await app.inject({ method: 'GET', url: '/openapi.json', headers: authorized });
  expect(response.json()).toEqual(createOpenApiDocument());
});

it('documents the limits that the routes hold', () => {
  const list = documented.find(({ address }) => address === 'GET /v1/incidents');
  expect(list?.operation.parameters).toContainEqual(
    expect.objectContaining({
      name: 'limit',
      schema: expect.objectContaining({ minimum: 1, maximum: 200, default: 50 }),
    }),
  );
});

it('has the addresses of the reference page', async () => {
  const page = await readFile(new URL('../docs/reference/api.md', import.meta.url), 'utf8');
  const headings = [...page.matchAll(/^### `(.+)`$/gm)].map(([, address]) => address);
  expect(headings.sort()).toEqual(documented.map(({ address }) => address).sort());
});

it('takes every command of the reference page', async () => {
  const page = await readFile(new URL('../docs/reference/api.md', import.meta.url), 'utf8');
  const { app } = createFakeApp();
  const examples = [...page.matchAll(/\$TOCSIN(\/v1\/incidents\/\$ID\/\w+)"[^`]*? -d '(.+)'\n/g)];
  expect(examples).toHaveLength(6);
  for (const [, path = '', payload = ''] of examples) {
    const headers = { ...authorized, 'content-type': 'application/json' };
    const response = await app.inject({
      method: 'POST',
      url: path.replace('$ID', incidentId),
      headers,
      payload,
    });
    expect(response.statusCode).toBe(200);
  }
});
