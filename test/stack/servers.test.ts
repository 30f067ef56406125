import { Connection } from '@temporalio/client';
import { Client } from 'pg';
import { expect, inject, test } from 'vitest';
import { readTemporalSettings } from '../../dev/temporal-settings.ts';

test('the database of a run is a durable server of its own', async () => {
  const client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  const { rows } = await client.query(
    "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'listen_addresses', 'port')",
  );
  await client.end();
  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  expect(settings).toMatchObject({ fsync: 'on', synchronous_commit: 'on', listen_addresses: '127.0.0.1' });
  expect(settings).not.toMatchObject({ port: '5432' });
});

test('the Temporal server of a run knows the declared search attributes', async () => {
  const { namespace, search_attributes: declared } = readTemporalSettings();
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  await connection.close();
  expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(declared)));
});
