import { digestOf } from '@airlock-ml/bundle'
import {
  ComparisonDefinition,
  didYouMean,
  type HandedComparison,
  type Json,
  type JudgedBy,
  PlatformError,
  type RegisteredComparison,
} from '@airlock-ml/contract'

/** Every version of every definition that is registered in a project, oldest first. */
type Registered = readonly RegisteredComparison[]

/** The version that is in force at a moment, of those of one definition. */
const heldAt = (versions: Registered, at: string): RegisteredComparison | undefined =>
  versions.findLast(({ appliedAt }) => appliedAt <= at)

const versionsOf = (all: Registered, { name, model }: { name: string; model: string }): Registered =>
  all.filter((each) => each.name === name && each.spec.model === model)

/**
 * By what a run judged, which says it itself. It was chosen beforehand when it was in force before the challenger was
 * trained: from then on the hold-out could be looked at.
 */
export function judgedByRun(
  all: Registered,
  { model, definition, trainedAt }: { model: string; trainedAt: string } & Pick<HandedComparison, 'definition'>,
): JudgedBy {
  if (!definition) return judgedBy({ name: null, digest: null }, [], { used: undefined, beforehand: false })
  const whole = ComparisonDefinition.safeParse(definition)
  const { name } = definition
  const versions = versionsOf(all, { name, model })
  const digest = digestOf((whole.data ?? definition) as Json)
  const held = heldAt(versions, trainedAt)
  const used = usedOf(versions, held, digest)
  return judgedBy({ name, digest }, versions, { used, beforehand: used !== undefined && used === held })
}

/**
 * The same of what another workspace says in a bundle. Whether it is registered counts by what is registered here, and it
 * was chosen beforehand when its source says so and it was in force here, too, when they were compared.
 */
export function judgedByClaim(
  all: Registered,
  { model, claimed, comparedAt }: { model: string; claimed: JudgedBy; comparedAt: string },
): JudgedBy {
  const { name, digest } = claimed
  const versions = name === null ? [] : versionsOf(all, { name, model })
  const held = heldAt(versions, comparedAt)
  const used = usedOf(versions, held, digest)
  const beforehand = claimed.beforehand && used !== undefined && used === held
  return judgedBy({ name, digest }, versions, { used, beforehand })
}

type Trial = {
  model: string
  /** Who compares names this one. */
  wanted: string | undefined
  /** Whoever let the challenger, or rollout, begin named this one. */
  named: string | null
  begunAt: string
}

/**
 * The version that judges what was answered since a moment: the one that was in force then, or the first one since where
 * none was. The definition is the one that is named, else the only one of the model.
 * @throws PlatformError `comparison_not_registered`, `comparison_refused` where several would do and none is named
 */
export function definitionOfTrial(
  all: Registered,
  { model, wanted, named, begunAt }: Trial,
): { definition: ComparisonDefinition; judgedBy: JudgedBy } {
  const namesAt = (at?: string) => [
    ...new Set(
      all
        .filter(({ spec, appliedAt }) => spec.model === model && (at ?? appliedAt) >= appliedAt)
        .map(({ name }) => name),
    ),
  ]
  const then = namesAt(begunAt)
  const name = wanted ?? named ?? only(then.length > 0 ? then : namesAt(), model)
  const versions = versionsOf(all, { name, model })
  const held = heldAt(versions, begunAt)
  const used = held ?? versions[0]
  if (!used)
    throw new PlatformError(
      'comparison_not_registered',
      `No comparison ${name} of ${model} is registered. ${didYouMean(name, namesAt())}`,
    )
  const isChosen = named === null ? then.length === 1 : named === name
  return { definition: used.spec, judgedBy: judgedBy(used, versions, { used, beforehand: used === held && isChosen }) }
}

function only(names: readonly string[], model: string): string {
  const [name, another] = names
  if (name === undefined)
    throw new PlatformError('comparison_not_registered', `No comparison is registered for ${model}.`)
  if (another === undefined) return name
  throw new PlatformError(
    'comparison_refused',
    `Several comparisons are registered for ${model}: ${names.join(', ')}. Name one.`,
    { names: [...names] },
  )
}

/** The version that has a digest: the one that was in force when it had to be chosen, else the newest. */
const usedOf = (versions: Registered, held: RegisteredComparison | undefined, digest: string | null) =>
  held?.digest === digest ? held : versions.findLast((each) => each.digest === digest)

function judgedBy(
  { name, digest }: Pick<JudgedBy, 'name' | 'digest'>,
  versions: Registered,
  { used, beforehand }: { used: RegisteredComparison | undefined; beforehand: boolean },
): JudgedBy {
  return {
    ...{ name, digest, registered: used !== undefined, version: used?.version ?? null },
    registeredAt: used?.appliedAt ?? null,
    latest: versions.at(-1)?.version ?? null,
    beforehand,
  }
}
