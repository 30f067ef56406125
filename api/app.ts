import { type FastifyInstance, fastify } from 'fastify';
import type { PolicyDesk } from '../config/policy-desk.ts';
import { limits } from '../domain/limits.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { closeGracefully } from './close-gracefully.ts';
import type { DeliveryDesk } from './delivery-desk.ts';
import { recordRequest, recordRequests } from './guards/access-log.ts';
import { answerInTime } from './guards/answer-in-time.ts';
import { type AccessToken, requireToken } from './guards/bearer-token.ts';
import { answerClientError } from './guards/client-error.ts';
import { answerProblems, sendProblem } from './guards/error-handler.ts';
import { identifyRequests } from './guards/identify-requests.ts';
import { refuseOtherMethods } from './guards/method-not-allowed.ts';
import { requestIdOf } from './guards/request-id.ts';
import { setSecurityHeaders } from './guards/security-headers.ts';
import { refuseUnknownPaths } from './guards/unknown-path.ts';
import { createHttpListeners, type HttpListenerOptions, type HttpListeners } from './http-listeners.ts';
import type {
  AlertQueries,
  AlertReceiver,
  IncidentCommands,
  IncidentFinder,
  IncidentQueries,
  Readiness,
  RouteExplainer,
  TargetFinder,
} from './ports.ts';
import { decorateRequests } from './request-context.ts';
import { rememberRoutes } from './route-list.ts';
import { addAlertRoutes } from './routes/alerts.ts';
import { addCommandRoutes } from './routes/commands.ts';
import { addConfigRoutes, type ConfigControl } from './routes/config.ts';
import { addDeliveryRoutes } from './routes/deliveries.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addIncidentRoutes } from './routes/incidents.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { addOpenApiRoute } from './routes/openapi.ts';
import { addParkedEventRoutes, type ParkedEvents } from './routes/parked-events.ts';
import { addPolicyRoutes } from './routes/policies.ts';
import { addRouteTestRoute } from './routes/route-test.ts';
import { addScheduleRoutes, type ScheduleRouteOptions } from './routes/schedules.ts';
import { addSilenceRoutes, type SilenceRouteOptions } from './routes/silences.ts';
import { addSlackInteractionRoute, type SlackInteractionOptions } from './routes/slack-interactions.ts';
import { addSourceRoutes } from './routes/sources.ts';
import { addTestPageRoutes } from './routes/test-pages.ts';
import type { TestPages } from './test-pages.ts';
import { ajvOptions, toInputError } from './validation.ts';

export interface AppOptions {
  readonly receiver: AlertReceiver;
  readonly queries: IncidentQueries & AlertQueries & IncidentFinder;
  readonly commands: IncidentCommands;
  readonly findTarget: TargetFinder;
  readonly config: ConfigControl;
  readonly explainer: RouteExplainer;
  readonly policies: PolicyDesk;
  readonly silences: SilenceRouteOptions['silences'];
  readonly schedules: ScheduleRouteOptions['schedules'];
  readonly overrides: ScheduleRouteOptions['overrides'];
  readonly parked: ParkedEvents;
  readonly deliveries: DeliveryDesk;
  readonly testPages: TestPages;
  readonly slack: SlackInteractionOptions['slack'];
  readonly slackSigningSecrets: SlackInteractionOptions['slackSigningSecrets'];
  readonly readiness: Readiness;
  readonly tokens: readonly AccessToken[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly timeouts?: Partial<AppTimeouts>;
}

export interface AppTimeouts extends HttpListenerOptions {
  readonly handlerTimeoutMs: number;
  /** After `close()` begins, work is still taken this long while `/readyz` sends it elsewhere. */
  readonly drainMs: number;
  readonly closeGraceMs: number;
}

/** Builds the HTTP application. It listens nowhere yet; `close()` drains it. */
export function createApp(options: AppOptions): FastifyInstance {
  const timeouts: AppTimeouts = { ...limits, drainMs: 0, ...options.timeouts };
  const app = createServer(options, timeouts);
  rememberRoutes(app);
  decorateRequests(app);
  answerInTime(app, timeouts.handlerTimeoutMs);
  identifyRequests(app);
  refuseUnknownPaths(app);
  recordRequests(app, options);
  answerProblems(app);
  app.setSchemaErrorFormatter(toInputError);
  const isDraining = closeGracefully(app, timeouts);
  addScope(app, (scope) => {
    addHealthRoutes(scope, { readiness: options.readiness, isDraining });
    addMetricsRoute(scope, options.metrics);
  });
  addScope(app, (scope) => addSourceRoutes(scope, options.receiver));
  addScope(app, (scope) => addSlackInteractionRoute(scope, options));
  addScope(app, (scope) => {
    requireToken(scope, options.tokens);
    addIncidentRoutes(scope, options.queries);
    addAlertRoutes(scope, options.queries);
    addConfigRoutes(scope, options.config);
    addOpenApiRoute(scope);
    addCommandRoutes(scope, { ...options, finder: options.queries });
  });
  addScope(app, (scope) => {
    requireToken(scope, options.tokens);
    addRouteTestRoute(scope, options.explainer);
  });
  addScope(app, (scope) => {
    requireToken(scope, options.tokens);
    addPolicyRoutes(scope, options.policies);
  });
  addScope(app, (scope) => {
    requireToken(scope, options.tokens);
    addSilenceRoutes(scope, options);
  });
  addScope(app, (scope) => {
    requireToken(scope, options.tokens);
    addScheduleRoutes(scope, options);
  });
  addScope(app, (scope) => {
    requireToken(scope, options.tokens);
    addParkedEventRoutes(scope, options.parked);
  });
  addScope(app, (scope) => {
    requireToken(scope, options.tokens);
    addDeliveryRoutes(scope, options.deliveries);
  });
  addScope(app, (scope) => {
    requireToken(scope, options.tokens);
    addTestPageRoutes(scope, options.testPages);
  });
  return app;
}

/** Routes with guards and body parsers of their own. */
function addScope(app: FastifyInstance, register: (scope: FastifyInstance) => void): void {
  app.register((scope, _options, done) => {
    refuseOtherMethods(scope, () => register(scope));
    done();
  });
}

function createServer(options: AppOptions, timeouts: AppTimeouts): FastifyInstance {
  let listeners: HttpListeners | undefined;
  const app = fastify({
    logger: false,
    bodyLimit: limits.maxCommandBytes,
    serverFactory(handler) {
      listeners = createHttpListeners(handler, timeouts);
      return listeners.main;
    },
    // what still arrives while closing is served: it may be an alert
    return503OnClosing: false,
    routerOptions: { maxParamLength: limits.maxPathPartLength },
    genReqId: (request) => requestIdOf(request.headers),
    ajv: ajvOptions,
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      setSecurityHeaders(reply);
      sendProblem(error, request, reply);
      recordRequest(request, reply, options);
    },
  });
  app.decorate('otherListeners', listeners?.others ?? []);
  return app;
}
