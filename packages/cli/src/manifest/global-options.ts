import type { Options } from './specs.ts'

/** Options that every command takes. */
export const globalOptions = {
  json: { summary: 'Print one JSON document on stdout and everything else on stderr' },
  workspace: { value: 'NAME', summary: 'Workspace to talk to (default: the one of `airlock login`)' },
  project: { value: 'NAME', summary: 'Project (default: the one of `airlock project set`, else of airlock.config.ts)' },
  as: { value: 'NAME', summary: 'Act as this identity, whose key is stored' },
} as const satisfies Options

/** Options of every list. */
export const pageOptions = {
  limit: { value: 'N', integer: true, summary: 'Most items to print (1 to 200)', default: 50 },
  cursor: { value: 'CURSOR', summary: '`nextCursor` of the page before' },
} as const satisfies Options
