import { ApplicationFailure } from '@temporalio/activity';
import { expect, test } from 'vitest';
import { TocsinError } from '../domain/errors.ts';
import type { StepQuestion } from '../domain/people/step-resolution.ts';
import { createResolveStep } from './resolve-step.ts';

function ask(error: Error): Promise<unknown> {
  const question: Partial<StepQuestion> = { policy: 'default', step: 0 };
  return createResolveStep({ resolve: () => Promise.reject(error) })(question as StepQuestion);
}

test('a question that fails whenever it is asked is refused for good, so that the saga pages without an answer', async () => {
  const refused = ask(new RangeError('no such instant'));
  await expect(refused).rejects.toBeInstanceOf(ApplicationFailure);
  await expect(refused).rejects.toMatchObject({ nonRetryable: true, type: 'RangeError' });
});

test.each([new TocsinError('store_unavailable'), Object.assign(new Error('deadlock'), { code: '40P01' })])(
  'is asked again after $message',
  async (error) => {
    await expect(ask(error)).rejects.toBe(error);
  },
);
