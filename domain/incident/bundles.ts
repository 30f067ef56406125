import type { IncidentEvent } from '../events/incident-events.ts';
import type { Bundle, BundledPage, Incident, PostedMessage } from './incident.ts';
import { isAt, type Place } from './place.ts';

// Steps of mode `all_or_nothing`: what their pages did is kept until all have ended well, or have been taken back.

/** Changes one page of the step, or drops it where nothing is left of it. */
export function withPage(
  state: Incident,
  place: Place,
  key: string,
  change: (page: BundledPage) => readonly BundledPage[],
): Incident {
  if (!state.bundles.some((bundle) => isAt(bundle, place))) return state;
  const bundles = state.bundles.map((bundle) => ({
    ...bundle,
    pages: bundle.pages.flatMap((page) => (page.key === key ? change(page) : [page])),
  }));
  return { ...state, bundles };
}

/** An answer has let go of what had not failed by then: a page given up later is no reason to take the others back. */
export function failingBundles(state: Incident, concerns: (bundle: Bundle) => boolean): Incident {
  const failing = state.bundles.filter((bundle) => !bundle.hasFailed && concerns(bundle));
  if (failing.length === 0) return state;
  const isOfFailing = (place: Place) => failing.some((bundle) => isAt(bundle, place));
  return {
    ...state,
    bundles: state.bundles.map((bundle) =>
      failing.includes(bundle) ? { ...bundle, hasFailed: true } : bundle,
    ),
    chains: state.chains.filter((chain) => !isOfFailing(chain)),
    deadLetters: state.deadLetters.filter((letter) => letter.kind !== 'page' || !isOfFailing(letter)),
  };
}

export function undone(
  state: Incident,
  { of }: Extract<IncidentEvent, { type: 'NotificationUndone' }>['data'],
): Incident {
  const page = state.bundles.flatMap(({ pages }) => pages).find(({ key }) => key === of);
  const isIts = (message: PostedMessage) =>
    message.providerId === page?.providerId && message.target.name === page.target.name;
  return settled({
    ...state,
    messages: state.messages.filter((message) => !isIts(message)),
    bundles: state.bundles.map((bundle) => ({
      ...bundle,
      pages: bundle.pages.filter(({ key }) => key !== of),
    })),
  });
}

/** Forgets what is through: of steps that failed what cannot be taken back, and all of those that went well. */
export function settled(state: Incident): Incident {
  const bundles = state.bundles.flatMap((bundle) => {
    const pages = bundle.hasFailed
      ? bundle.pages.filter(({ state: end, target }) => end === 'under_way' || target.undoable === true)
      : bundle.pages;
    const isOver = bundle.hasFailed
      ? pages.length === 0
      : !isAt(state.ladder, bundle) && pages.every(({ state: end }) => end === 'ended');
    return isOver ? [] : [{ ...bundle, pages }];
  });
  return { ...state, bundles };
}
