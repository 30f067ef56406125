import { expect, test } from 'vitest';
import { doors } from '../domain/source/door.ts';
import { sourceTypes } from '../domain/source/source-type.ts';
import { createFormats } from './formats.ts';

const formats = createFormats({ newKey: () => 'key' });

test.each(sourceTypes)('%s has a format at the address with its key', (type) => {
  expect(formats.find('source', type)?.parse).toBeTypeOf('function');
});

test.each([
  ['alertmanager-api', 'alertmanager'],
  ['pagerduty', 'pagerduty'],
  ['pagerduty-change', 'pagerduty'],
] as const)('the door %s is for sources of type %s alone', (door, type) => {
  const found = sourceTypes.filter((each) => formats.find(door, each) !== undefined);
  expect(found).toEqual([type]);
  expect(formats.onlyOneAt(door)).toBe(formats.find(door, type));
});

test('a door of several formats has no only one', () => {
  expect(doors.filter((door) => formats.onlyOneAt(door) === undefined)).toEqual(['source']);
});
