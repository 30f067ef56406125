import type { AlertEvent } from './alert-events.ts';
import type { DeliveryEvent } from './delivery-events.ts';
import type { IncidentEvent } from './incident-events.ts';

export type TocsinEvent = AlertEvent | IncidentEvent | DeliveryEvent;
export type TocsinEventType = TocsinEvent['type'];
