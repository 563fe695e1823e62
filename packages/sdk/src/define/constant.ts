import type { Json } from '@airlock-ml/contract'
import { jsonText, NotJsonError } from '../json-text.ts'
import { invalid } from './check-names.ts'
import { makeRef, type Ref } from './ref.ts'

/** The build of a constant: it means the same in each. */
export const everyBuild = Object.freeze({})

/**
 * A value known when the pipeline is compiled, for an input of type `json()`. It stands in the snapshot, so it is for
 * small things. Throws `pipeline_invalid` for what JSON cannot hold.
 *
 * @example
 * evaluateModel({ inputs: { model, test, thresholds: constant([0.3, 0.5, 0.7]) } })
 */
export function constant<Value>(value: Value): Ref<'json', Value> {
  try {
    const copy = JSON.parse(jsonText(value)) as Json
    return makeRef<'json', Value>({ source: { from: 'constant', value: copy }, type: 'json', owner: everyBuild })
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error
    throw invalid(`A constant cannot be stored: ${error.message}.`)
  }
}
