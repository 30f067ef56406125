import { expect, test } from 'vitest';
import { readEventsOptions } from './events-options.ts';
import { readReplayOptions } from './replay-options.ts';

test('events are listed without being chosen, and retried only when they are', () => {
  expect(readEventsOptions(['parked'])).toEqual({
    verb: 'parked',
    all: false,
    server: 'http://127.0.0.1:8080',
  });
  expect(readEventsOptions(['retry', '--stream', 'alert-a', '--server', 'https://tocsin.example/'])).toEqual({
    verb: 'retry',
    all: false,
    stream: 'alert-a',
    server: 'https://tocsin.example',
  });
  expect(() => readEventsOptions(['retry'])).toThrow('say what to retry');
  expect(() => readEventsOptions([])).toThrow('events knows two things');
  expect(() => readEventsOptions(['retry', '--all', '--server', 'tocsin'])).toThrow('must be a URL');
  expect(() => readEventsOptions(['retry', '--everything'])).toThrow();
});

test('a replay needs to know where to', () => {
  expect(readReplayOptions(['--into', 'views', '--from', '1:5,2:0', '--lane', '3', '--restart'])).toEqual({
    into: 'views',
    from: '1:5,2:0',
    lane: 3,
    restart: true,
  });
  expect(() => readReplayOptions([])).toThrow('--into must be views or stdout');
  expect(() => readReplayOptions(['--into', 'views', '--to', 'x'])).toThrow('LANE:POSITION');
  expect(() => readReplayOptions(['--into', 'views', '--lane', 'one'])).toThrow('--lane');
});
