import type { Context } from '../context.ts'
import type { Result } from './result.ts'

type Value = string | number | boolean | null | undefined
export type Fields = Record<string, Value>

/** `key  value` lines, keys in one column; what is undefined is left out, what is null is shown as `-`. */
export function fieldLines(fields: Fields, context: Context): string {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined)
  const width = Math.max(...present.map(([key]) => key.length))
  return present
    .map(([key, value]) => {
      const text = value === null || value === '' ? '-' : String(value)
      const indented = text.replaceAll('\n', `\n${' '.repeat(width + 2)}`)
      return `${context.colours.dim(key.padEnd(width))}  ${indented}`
    })
    .join('\n')
}

/** The result of a show: the resource itself as JSON, its fields for people, and below them what else `more` says. */
export function shown(
  resource: object,
  fields: Fields,
  options: { context: Context; more?: () => string | Promise<string> },
): Result {
  return {
    data: resource,
    text: async () => {
      const more = (await options.more?.()) ?? ''
      return fieldLines(fields, options.context) + (more === '' ? '' : `\n\n${more}`)
    },
  }
}

/** `accuracy 0.970, f1 0.961`. */
export const metricsText = (metrics: Record<string, number>): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(4)}`)
    .join(', ')

/** The first twelve characters: enough to tell digests apart by eye. Decisions use the whole. */
export const shortDigest = (digest: string | null): string | null => (digest === null ? null : digest.slice(0, 12))

/** `a=b, c=d`. */
export const labelsText = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')

/** `approver (cancer-detection), viewer (*)`. */
export const rolesText = (roles: readonly { project: string; role: string }[]): string =>
  roles.map(({ project, role }) => `${role} (${project})`).join(', ')
