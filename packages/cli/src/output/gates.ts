import type { GateVerdict } from '@airlock-ml/contract'
import type { Context } from '../context.ts'

/** One line a gate; a failed one says what it saw, what that means and what to do. */
export function gateLines(gates: readonly GateVerdict[], context: Pick<Context, 'colours'>): string {
  const { green, red, dim } = context.colours
  return gates
    .flatMap((gate) => {
      const passed = gate.verdict === 'passed'
      const mark = passed ? green('passed') : red('failed')
      const lines = [`${mark}  ${gate.name}  ${dim(`${gate.expression} [${gate.grade}] ${seen(gate)}`)}`]
      if (!passed && gate.message) lines.push(`        ${gate.message}`)
      if (!passed && gate.remedy) lines.push(`        ${dim('do')} ${gate.remedy}`)
      return lines
    })
    .join('\n')
}

const seen = (gate: GateVerdict): string =>
  Object.entries(gate.values)
    .map(([path, value]) => `${path} = ${JSON.stringify(value)}`)
    .join(', ')
