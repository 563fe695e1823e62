import { KebabName, PlatformError, StepName } from '@airlock-ml/contract'
import { showValue } from '../show-value.ts'
import type { Artifacts } from './artifact.ts'
import { type Inputs, itemOf } from './inputs.ts'

/** The error of a step or pipeline that is written wrong. */
export const invalid = (message: string): PlatformError => new PlatformError('pipeline_invalid', message)

/** Throws for a step name, or a name of its inputs and outputs, that the platform cannot store. */
export function checkNames(step: string, artifacts: { inputs: Inputs; outputs: Artifacts }): void {
  checkStepName(step, 'A step')
  for (const kind of ['inputs', 'outputs'] as const) {
    for (const [name, artifact] of Object.entries(artifacts[kind])) {
      checkStepName(name, `One of the ${kind} of step "${step}"`)
      if (isArtifact(kind === 'inputs' && isObject(artifact) ? itemOf(artifact) : artifact)) continue
      const got = showValue(artifact)
      throw invalid(`"${name}" of step "${step}" must be an artifact, as table() or json(), got ${got}.`)
    }
  }
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null

const isArtifact = (value: unknown) => typeof (value as { type?: unknown } | undefined)?.type === 'string'

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
