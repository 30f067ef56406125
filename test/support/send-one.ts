import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { NotifierActivities, NotifyAnswer } from '../../activities/activities.ts';
import type { NotificationRequest } from '../../domain/policy/notification.ts';

/** A workflow that sends one notification: what the engine makes of the activity, without a saga around it. */
export async function sendOne(request: NotificationRequest, options: ActivityOptions): Promise<NotifyAnswer> {
  return proxyActivities<NotifierActivities>(options).notify(request);
}
