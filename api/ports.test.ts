import { expect, expectTypeOf, it } from 'vitest';
import type { IncidentCommandsClient } from '../client/incident-commands.ts';
import type { Receiver } from '../ingest/receive.ts';
import type { RouteExplainer as RealRouteExplainer } from '../ingest/route-explainer.ts';
import type { Queries } from '../views/queries.ts';
import type {
  AlertQueries,
  AlertReceiver,
  IncidentCommands,
  IncidentFinder,
  IncidentQueries,
  RouteExplainer,
} from './ports.ts';

it('asks for nothing that the real parts do not have', () => {
  expectTypeOf<Receiver>().toExtend<AlertReceiver>();
  expectTypeOf<Queries>().toExtend<IncidentQueries & AlertQueries & IncidentFinder>();
  expectTypeOf<IncidentCommandsClient>().toExtend<IncidentCommands>();
  expectTypeOf<RealRouteExplainer>().toExtend<RouteExplainer>();
  // the lines above are checked by the compiler
  expect.assertions(0);
});
