/** The part of pino that the server uses, so that an embedded workspace can do without it. */
export type ServerLog = Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>

/** For an embedded workspace: what matters reaches the caller as an error. */
export const silentLog: ServerLog = { info: () => {}, warn: () => {}, error: () => {} }
