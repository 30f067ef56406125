import { errorDefinitions, TocsinError } from '../../domain/errors.ts';
import { parseEach, parseOne, readAlertList } from '../fields/parse-each.ts';
import { type Reading, startReading } from '../fields/reading.ts';
import { retryAfterOf } from '../retry-after.ts';
import type {
  HeaderLookup,
  ParsedPayload,
  SourceAnswer,
  SourceContext,
  SourceFormat,
  SourceRequest,
} from '../source.ts';
import { alertOfEvent } from './alert-of-event.ts';
import { isBinaryEvent, readBinaryEvent } from './binary-event.ts';
import { type CloudEvent, readStructuredEvent } from './cloud-event.ts';
import { answerHandshake } from './handshake.ts';

/**
 * CloudEvents 1.0 over HTTP, one alert for each event, in all three modes: github.com/cloudevents/spec, the HTTP protocol
 * binding and the web hooks. An event that is delivered twice is the same alert of the same episode.
 */
export const cloudeventsFormat: SourceFormat = {
  type: 'cloudevents',
  mayBeEmpty: true,
  parse,
  refuse,
  handshake: answerHandshake,
};

const structuredType = 'application/cloudevents+json';
const batchType = 'application/cloudevents-batch+json';

function parse(request: SourceRequest, context: SourceContext): ParsedPayload {
  const { body, header } = request;
  const parseEvent = (read: (reading: Reading) => CloudEvent, dataPath: string) => {
    const reading = startReading(context);
    return alertOfEvent(read(reading), { dataPath, reading }, context);
  };
  const parseStructured = (entry: unknown) =>
    parseEvent((reading) => readStructuredEvent(entry, reading), '/data');
  switch (modeOf(header)) {
    case 'batch': {
      const events = readAlertList(body, '', '; send smaller batches');
      const nothingToDo = events.length === 0;
      return { ...parseEach(events, '', parseStructured), truncatedAlerts: 0, nothingToDo };
    }
    case 'structured':
      return { ...parseOne(body, '', parseStructured), truncatedAlerts: 0 };
    case 'binary': {
      const parseBinary = () => parseEvent((reading) => readBinaryEvent(request, reading), '');
      return { ...parseOne(body, '', parseBinary), truncatedAlerts: 0 };
    }
  }
}

/** Of the body's type: a JSON body that is no event in JSON belongs to the attributes in the headers. */
function modeOf(header: HeaderLookup): 'structured' | 'batch' | 'binary' {
  const type = header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === structuredType) return 'structured';
  if (type === batchType) return 'batch';
  if (!type.startsWith('application/cloudevents') && isBinaryEvent(header)) return 'binary';
  const detail = `send ${structuredType}, ${batchType}, or JSON data with the attributes in ce- headers`;
  throw new TocsinError('unsupported_media_type', { detail });
}

/** Section 3 of the web hooks: senders come back after a 429, and only if it says when. */
function refuse(error: TocsinError): SourceAnswer {
  if (error.code === 'overloaded') return { status: 429, headers: retryAfterOf(error) };
  return { status: errorDefinitions[error.code].status };
}
