import type { FastifyInstance } from 'fastify';

export interface ListedRoute {
  readonly method: string;
  readonly url: string;
}

const routesByApp = new WeakMap<FastifyInstance, ListedRoute[]>();

/** Remembers each route that is added from now on, but for those that only refuse. */
export function rememberRoutes(app: FastifyInstance): void {
  const routes: ListedRoute[] = [];
  routesByApp.set(app, routes);
  app.addHook('onRoute', ({ url, method, config }) => {
    if (config?.isRefusal) return;
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
}

/** What the application answers to; complete once it is `ready()`. */
export function listRoutes(app: FastifyInstance): readonly ListedRoute[] {
  return routesByApp.get(app) ?? [];
}
