import { GivenName } from '@airlock-ml/contract'
import { showValue } from '../show-value.ts'
import type { Artifact } from './artifact.ts'
import { invalid } from './check-names.ts'

/**
 * Gives an output a name of its own in the project, by which others load it; else it is called `pipeline.step.output`.
 * Other bytes than those of the newest version are a new version, the same bytes are that version again. Throws
 * `pipeline_invalid` for a name that is not of a-z, 0-9, _ and -.
 *
 * @example
 * const cleanData = step({
 *   name: 'clean_data',
 *   inputs: { raw: table() },
 *   outputs: { clean: named('customers', table()) },
 *   run: ({ inputs }) => ({ clean: withoutNulls(inputs.raw) }),
 * })
 */
export function named<A extends Artifact>(name: string, artifact: A): A {
  const checked = GivenName.safeParse(name)
  if (!checked.success)
    throw invalid(`An output is named ${showValue(name)}: the name ${checked.error.issues[0]?.message}.`)
  return Object.freeze({ ...artifact, name })
}
