import type { GraphStep } from '../compile/graph.ts'
import { showValue } from '../show-value.ts'
import { readBytes } from './read-inputs.ts'
import type { RunSession } from './run-session.ts'

/**
 * Why a step is skipped; null for one that runs. `skippedBy` is a step that it depends on and that was skipped. Throws
 * for a condition that is neither true nor false.
 */
export async function skipReason(
  session: RunSession,
  { step }: GraphStep,
  skippedBy: string | undefined,
): Promise<string | null> {
  if (skippedBy !== undefined) return `It depends on ${skippedBy}, which was skipped.`
  if (!step.when) return null
  const condition = `${step.when.step}.${step.when.output}`
  const ref = session.outputs.get(step.when.step)?.[step.when.output]
  if (!ref) throw new Error(`The condition of step "${step.name}", ${condition}, was not made.`)
  const value: unknown = JSON.parse(Buffer.from(await readBytes(session, ref)).toString())
  if (value === true) return null
  if (value === false) return `Its condition ${condition} is false.`
  throw new TypeError(
    `The condition of step "${step.name}" must be true or false: ${condition} is ${showValue(value)}.`,
  )
}
