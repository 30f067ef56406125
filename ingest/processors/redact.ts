import { RE2JS } from 're2js';
import type { Alert, Labels } from '../../domain/alert/alert.ts';
import { redactCardNumbers } from './card-numbers.ts';
import { kept, type Processor } from './processor.ts';
import { redactFields } from './redact-fields.ts';
import { type OnRedacted, type Redactor, redacted } from './redaction.ts';
import { namesSecret, redactSecrets } from './secret-forms.ts';

export interface RedactOptions {
  readonly cardNumbers: boolean;
  readonly secrets: boolean;
  /** RE2 patterns of the operator's own. */
  readonly patterns: readonly string[];
}

/** On every alert from which something was taken out. */
export const redactedFlag = 'redacted';

/**
 * Takes card numbers and secrets out of an alert's values, before they are stored anywhere: labels, annotations, the
 * generator's URL and fields that the format does not name. What was found is counted by kind and never logged. Names
 * are left alone, and so is the fingerprint, which is who the alert is.
 */
export function createRedact(options: RedactOptions, onRedacted: OnRedacted): Processor {
  const redactors = redactorsOf(options);
  const redact = (text: string) => redactors.reduce((left, redactor) => redactor(left, onRedacted), text);

  function redactNamed(name: string, text: string): string {
    if (!options.secrets || text === '' || text === redacted || !namesSecret(name)) return redact(text);
    onRedacted('password');
    return redacted;
  }

  function redactLabels(labels: Labels): Labels {
    let changed: [string, string][] | undefined;
    for (const name of Object.keys(labels)) {
      const text = labels[name] ?? '';
      const left = redactNamed(name, text);
      if (left !== text) changed = [...(changed ?? []), [name, left]];
    }
    return changed === undefined ? labels : { ...labels, ...Object.fromEntries(changed) };
  }

  return {
    process(alert) {
      const labels = redactLabels(alert.labels);
      const annotations = redactLabels(alert.annotations);
      const generatorUrl = alert.generatorUrl === undefined ? undefined : redact(alert.generatorUrl);
      const extra = alert.extra === undefined ? undefined : redactFields(alert.extra, redactNamed);
      const isSame =
        labels === alert.labels &&
        annotations === alert.annotations &&
        generatorUrl === alert.generatorUrl &&
        extra === alert.extra;
      return kept(isSame ? alert : withoutSecrets(alert, { labels, annotations, generatorUrl, extra }));
    },
  };
}

type Redacted = Pick<Alert, 'labels' | 'annotations'> & {
  [K in 'generatorUrl' | 'extra']: Alert[K] | undefined;
};

function withoutSecrets(alert: Alert, { labels, annotations, generatorUrl, extra }: Redacted): Alert {
  return {
    ...alert,
    labels,
    annotations,
    ...(generatorUrl !== undefined && { generatorUrl }),
    ...(extra !== undefined && { extra }),
    flags: [...new Set([...(alert.flags ?? []), redactedFlag])].sort(),
  };
}

/** Operators' own patterns come first, so that they see what the sender wrote. */
function redactorsOf({ cardNumbers, secrets, patterns }: RedactOptions): readonly Redactor[] {
  return [
    ...patterns.map((pattern) => patternRedactor(RE2JS.compile(pattern))),
    ...(secrets ? [redactSecrets] : []),
    ...(cardNumbers ? [redactCardNumbers] : []),
  ];
}

/** A match of nothing is no match: it would put a replacement between any two characters. */
function patternRedactor(pattern: RE2JS): Redactor {
  return (text, onRedacted) => {
    const matcher = pattern.matcher(text);
    let result = '';
    let copied = 0;
    while (matcher.find()) {
      if (matcher.end() === matcher.start()) continue;
      onRedacted('pattern');
      result += text.slice(copied, matcher.start()) + redacted;
      copied = matcher.end();
    }
    return copied === 0 ? text : result + text.slice(copied);
  };
}
