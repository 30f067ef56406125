import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  /** The administrator's URL of this database's server, for tests that change its settings or end its sessions. */
  readonly adminUrl: string;
  readonly name: string;
}

/** Makes an empty database on the run's own server; it is dropped, with whoever is still connected, when disposed. */
export async function createTestDatabase(adminUrl: string = inject('postgresUrl')): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runAsAdmin(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.toString(),
    adminUrl,
    name,
    [Symbol.asyncDispose]: () => runAsAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function runAsAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // also fails the statement below
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
