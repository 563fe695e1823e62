import type { RunEvent } from '@airlock-ml/sdk'
import type { Context } from '../context.ts'
import { duration } from '../output/time.ts'

/**
 * Tells what happens in a run, a line each. In CI, where a log is read when something is wrong, steps say less. What a
 * step failed with is told once, by its log; what follows from it only refers to that.
 */
export function progressLines({
  note,
  colours,
  env,
}: Pick<Context, 'note' | 'colours' | 'env'>): (event: RunEvent) => void {
  const { dim, green, red, bold } = colours
  let width = 0
  const lastLine = new Map<string | null, string>()
  const told: string[] = []
  /** The message, unless the step has just logged it. */
  const unlessLogged = (step: string, message: string) => (lastLine.get(step)?.includes(message) ? '' : `  ${message}`)
  const withoutTold = (text: string) => told.reduce((left, message) => left.replaceAll(message, '(see above)'), text)
  return (event) => {
    switch (event.type) {
      case 'run-started':
        width = Math.max(...event.steps.map((step) => step.length))
        note(
          `${bold(event.run.pipeline)} in ${event.run.environment} on ${event.run.stack}  ${dim(`run ${event.run.id}`)}`,
        )
        break
      case 'step-completed':
        note(`  ${green('✓')} ${event.step.padEnd(width)}  ${dim(duration(0, event.durationMs))}`)
        break
      case 'step-failed':
        note(
          `  ${red('✗')} ${event.step.padEnd(width)}  ${dim(duration(0, event.durationMs))}${unlessLogged(event.step, event.message)}`,
        )
        told.push(...quotable(event.message))
        break
      case 'step-retried':
        note(
          `  ${dim('↻')} ${event.step.padEnd(width)}  ${dim(`attempt ${event.attempt} failed`)}${unlessLogged(event.step, event.message)}`,
        )
        break
      case 'step-cached':
        note(`  ${green('✓')} ${event.step.padEnd(width)}  ${dim(`cached from run ${event.fromRunId}`)}`)
        break
      case 'step-skipped':
        note(`  ${dim('–')} ${event.step.padEnd(width)}  ${dim(`skipped: ${event.reason}`)}`)
        break
      case 'step-cancelled':
        note(`  ${red('✗')} ${event.step.padEnd(width)}  ${dim('cancelled')}`)
        break
      case 'log': {
        const { level, message } = event.line
        lastLine.set(event.step, message)
        if (env.CI && (level === 'debug' || level === 'info')) break
        note(dim(`    ${event.step ?? 'hook'} ${level}: ${event.step === null ? withoutTold(message) : message}`))
        break
      }
      case 'hook': {
        const { name, outcome, error } = event.hook
        const of = event.step === null ? '' : ` of ${event.step}`
        note(`  ${outcome === 'done' ? green('✓') : red('✗')} hook ${name}${of}${error ? `  ${error}` : ''}`)
        break
      }
      case 'drift-hook': {
        const { name, outcome, error } = event.hook
        note(`  ${outcome === 'done' ? green('✓') : red('✗')} drift hook ${name}${error ? `  ${error}` : ''}`)
        break
      }
      case 'run-completed':
        if (event.version) note(`  registered ${event.version.model} version ${event.version.number}`)
        break
    }
  }
}

/** The message, and its first line, as a hook may quote them; nothing too short to be sure of. */
const quotable = (message: string): string[] =>
  [message, message.split('\n', 1)[0]!].filter(({ length }) => length >= 20)
