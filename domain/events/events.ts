import type { AlertEvent } from './alert-events.ts';
import type { DeliveryEvent } from './delivery-events.ts';
import type { IncidentEvent } from './incident-events.ts';
import type { OverrideEvent } from './override-events.ts';
import type { SilenceEvent } from './silence-events.ts';

export type TocsinEvent = AlertEvent | IncidentEvent | DeliveryEvent | SilenceEvent | OverrideEvent;
export type TocsinEventType = TocsinEvent['type'];
