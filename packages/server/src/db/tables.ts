/**
 * Every table, by name. Empty here: each slice declares its own beside the SQL that uses them (`declare module` in its
 * `store.ts`), so that the database knows no slice.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is filled by declaration merging.
export interface Tables {}
