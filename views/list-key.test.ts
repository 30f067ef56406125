import { expect, it } from 'vitest';
import { limits } from '../domain/limits.ts';
import { listKeyOf } from './list-key.ts';

const query = { tenant: 'default', state: 'open', q: 'disk', limit: 50 };

it.each([
  ['whose fields stand in another order', { limit: 50, q: 'disk', state: 'open', tenant: 'default' }],
  ['with a field that is undefined', { ...query, cursor: undefined }],
  ['that searches for the same in capitals', { ...query, q: 'DISK' }],
])('is the same for a query %s', (_name, other) => {
  expect(listKeyOf(other)).toBe(listKeyOf(query));
});

it('is the same for limits that give pages of the same size', () => {
  const limit = limits.maxPageSize;
  expect(listKeyOf({ ...query, limit: limit + 1 })).toBe(listKeyOf({ ...query, limit }));
});

it.each([
  ['tenant', { ...query, tenant: 'acme' }],
  ['state', { ...query, state: 'resolved' }],
  ['missing state', { tenant: 'default', q: 'disk', limit: 50 }],
  ['search', { ...query, q: 'disk ' }],
  ['missing search', { ...query, q: '' }],
  ['cursor', { ...query, cursor: 'WzFd' }],
  ['limit', { ...query, limit: 51 }],
])('differs by the %s', (_name, other) => {
  expect(listKeyOf(other)).not.toBe(listKeyOf(query));
});

it('tells a value of one field from the same value of another', () => {
  const [state, severity] = [{ state: 'x' }, { severity: 'x' }];
  const base = { tenant: 'default', limit: 50 };
  expect(listKeyOf({ ...base, ...state })).not.toBe(listKeyOf({ ...base, ...severity }));
});
