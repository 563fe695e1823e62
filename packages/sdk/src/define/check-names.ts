import { KebabName, PlatformError, StepName } from '@airlock-ml/contract'
import { showValue } from '../show-value.ts'
import type { Artifacts } from './artifact.ts'

/** The error of a step or pipeline that is written wrong. */
export const invalid = (message: string): PlatformError => new PlatformError('pipeline_invalid', message)

/** Throws for a step name, or a name of its inputs and outputs, that the platform cannot store. */
export function checkNames(step: string, artifacts: Record<'inputs' | 'outputs', Artifacts>): void {
  checkStepName(step, 'A step')
  for (const kind of ['inputs', 'outputs'] as const) {
    for (const [name, artifact] of Object.entries(artifacts[kind])) {
      checkStepName(name, `One of the ${kind} of step "${step}"`)
      if (typeof artifact?.type === 'string') continue
      const got = showValue(artifact)
      throw invalid(`"${name}" of step "${step}" must be one of table(), model(), json() and text(), got ${got}.`)
    }
  }
}

export function checkStepName(name: unknown, what: string): void {
  const checked = StepName.safeParse(name)
  if (!checked.success)
    throw invalid(`${what} is named ${showValue(name)}: the name ${checked.error.issues[0]?.message}.`)
}

export function checkPipelineName(name: unknown): void {
  const checked = KebabName.safeParse(name)
  if (!checked.success)
    throw invalid(`A pipeline is named ${showValue(name)}: the name ${checked.error.issues[0]?.message}.`)
}
