/** What retention moves to the archive, in the order in which it does. */
export const archiveKinds = ['alerts', 'incidents', 'silences'] as const;
export type ArchiveKind = (typeof archiveKinds)[number];
