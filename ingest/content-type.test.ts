import { expect, test } from 'vitest';
import { checkContentType } from './content-type.ts';

test.each([
  undefined,
  '',
  'application/json',
  'Application/JSON; charset=utf-8',
  'application/cloudevents+json',
])('takes %j', (contentType) => {
  expect(() => checkContentType(contentType)).not.toThrow();
});

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/jsonp',
  'text/json',
  'x; application/json',
])('refuses %j', (contentType) => {
  expect(() => checkContentType(contentType)).toThrow('send application/json');
});

test("takes a format's own types besides", () => {
  expect(() => checkContentType('Text/Plain; charset=utf-8', ['text/plain'])).not.toThrow();
  expect(() => checkContentType('text/html', ['text/plain'])).toThrow('send application/json');
});
