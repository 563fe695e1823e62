import { dirname } from 'node:path'
import type { GateVerdict, PlatformError, Problem } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { gateLines } from './gates.ts'

/** Turns whatever was thrown into an error of the catalogue. */
export async function platformErrorOf(thrown: unknown): Promise<PlatformError> {
  const { isPlatformError, PlatformError } = await import('@airlock-ml/contract')
  if (isPlatformError(thrown)) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const { code, path } = (thrown ?? {}) as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return new PlatformError('cli_address_taken', `${message}.`, {}, { cause: thrown })
  const why = code && closed[code]
  if (why && path)
    return new PlatformError('cli_folder_closed', `${why} ${dirname(path)} (${message}).`, { path }, { cause: thrown })
  return new PlatformError('cli_failed', message, {}, { cause: thrown })
}

/** Why the system keeps a folder closed, by its own codes. */
const closed: Readonly<Record<string, string>> = {
  EACCES: 'This user may not use the folder',
  EPERM: 'This user may not use the folder',
  EROFS: 'Nothing can be written in the folder',
}

/** What happened, why, and what to do; then what the error lists. */
export async function problemText(problem: Problem, context: Pick<Context, 'colours'>): Promise<string> {
  const { red, bold, dim } = context.colours
  const lines = [
    `${red(bold('error:'))} ${bold(problem.title)} ${dim(`(${problem.code})`)}`,
    `  ${dim('why')}  ${indent(problem.detail)}`,
    `  ${dim('do')}   ${indent(problem.remedy)}`,
  ]
  if (problem.requestId) lines.push(`  ${dim('id')}   ${problem.requestId}`)
  const { gates, ...others } = problem.details
  if (Array.isArray(gates)) lines.push(indent(gateLines(gates as GateVerdict[], context), 2, '  '))
  if (Object.keys(others).length > 0) {
    const { stringify } = await import('yaml')
    lines.push(indent(stringify(others).trimEnd(), 2, '  '))
  }
  return lines.join('\n')
}

const indent = (text: string, by = 7, first = ''): string => first + text.replaceAll('\n', `\n${' '.repeat(by)}`)
