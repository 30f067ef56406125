import { readdirSync, readFileSync } from 'node:fs';
import { keyOf } from './door-stage.ts';

/** A fixture as its sender would deliver it. */
export interface Delivery {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const json = { 'content-type': 'application/json' };
const binaryHeaders = {
  ...json,
  'ce-specversion': '1.0',
  'ce-id': 'b-1',
  'ce-source': '/checks/shop',
  'ce-type': 'org.example.shop.slow',
};

/** Every fixture of every sender at its door, under a key that is known there. */
export function allDeliveries(): Delivery[] {
  const apiHeaders = { ...json, authorization: `Bearer ${keyOf('alertmanager')}` };
  return [
    ...deliveriesOf('alertmanager', () => [`/v1/sources/${keyOf('alertmanager')}`, json]),
    ...deliveriesOf('alertmanager-api', () => ['/api/v2/alerts', apiHeaders]),
    ...deliveriesOf('grafana', () => [`/v1/sources/${keyOf('grafana')}`, json]),
    ...deliveriesOf('generic', () => [`/v1/sources/${keyOf('generic')}`, json]),
    ...deliveriesOf('cloudevents', (name) => [`/v1/sources/${keyOf('cloudevents')}`, eventHeaders(name)]),
    ...deliveriesOf('pagerduty', (name) => [
      name === 'change' ? '/v2/change/enqueue' : '/v2/enqueue',
      json,
    ]).map((delivery) => ({ ...delivery, body: withRoutingKey(delivery.body) })),
  ];
}

function deliveriesOf(
  folder: string,
  at: (name: string) => readonly [url: string, headers: Readonly<Record<string, string>>],
): Delivery[] {
  const place = new URL(`../../sources/${folder}/fixtures/`, import.meta.url);
  return readdirSync(place)
    .filter((file) => !file.endsWith('.normalised.json'))
    .map((file) => {
      const name = file.replace('.json', '');
      const [url, headers] = at(name);
      const body: unknown = JSON.parse(readFileSync(new URL(file, place), 'utf8'));
      return { name: `${folder}/${name}`, url, headers, body };
    });
}

function eventHeaders(name: string): Readonly<Record<string, string>> {
  if (name === 'binary-data') return binaryHeaders;
  return { 'content-type': `application/cloudevents${name === 'batch' ? '-batch' : ''}+json` };
}

function withRoutingKey(body: unknown): unknown {
  return { ...(body as object), routing_key: keyOf('pagerduty') };
}
