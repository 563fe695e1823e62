import { type ModelVersion, PlatformError } from '@airlock-ml/contract'

/**
 * Two versions may be compared when they are two, and are judged by the same label and class.
 * @throws PlatformError `comparison_refused`
 */
export function demandComparable(champion: ModelVersion, challenger: ModelVersion): void {
  const refused = (why: string) =>
    new PlatformError('comparison_refused', why, { champion: champion.number, challenger: challenger.number })
  const both = `${champion.model} ${champion.number} and ${challenger.number}`
  if (champion.number === challenger.number)
    throw refused(`${champion.model} ${champion.number} is champion and challenger: a version says nothing of itself.`)
  if (champion.digest === challenger.digest)
    throw refused(`${both} are the same model, byte for byte: there is nothing to compare.`)
  for (const part of ['target', 'positive'] as const) {
    const [first, second] = [champion.evaluation[part], challenger.evaluation[part]]
    if (first !== second) throw refused(`${both} are evaluated by another ${part}: ${first} and ${second}.`)
  }
}
