import type { ServerLog } from '@airlock-ml/server'
import type { Context } from '../context.ts'

/** The log of a served workspace as lines for people: time, workspace, level, message, fields. */
export function lineLog(workspace: string, { note, now }: Pick<Context, 'note' | 'now'>): ServerLog {
  const write = (level: string) => (fields: object, message: string) =>
    note(`${now().toISOString()} ${workspace} ${level} ${message} ${JSON.stringify(fields, plainError)}`)
  return { info: write('info'), warn: write('warn'), error: write('error') }
}

const plainError = (_key: string, value: unknown): unknown =>
  value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value
