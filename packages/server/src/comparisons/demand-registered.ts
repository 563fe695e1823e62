import { didYouMean, PlatformError } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { allDefinitions } from './definition-store.ts'

/**
 * What is to judge a challenger, or a rollout, must be registered when it begins.
 * @throws PlatformError `comparison_not_registered`, `comparison_refused` for one of another model
 */
export async function demandRegistered(
  db: Db,
  { project, model, name }: { project: string; model: string; name: string },
): Promise<void> {
  const all = await allDefinitions(db, project)
  const { spec } = all.findLast((each) => each.name === name) ?? {}
  if (!spec)
    throw new PlatformError(
      'comparison_not_registered',
      `No comparison ${name} is registered. ${didYouMean(name, [...new Set(all.map((each) => each.name))])}`,
    )
  if (spec.model !== model)
    throw new PlatformError(
      'comparison_refused',
      `The comparison ${name} is registered for ${spec.model}, not ${model}.`,
    )
}
