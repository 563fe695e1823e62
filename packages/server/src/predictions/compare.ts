import {
  ComparisonResult,
  type LiveComparison,
  type liveComparisonRoutes,
  type ModelVersion,
  PlatformError,
} from '@airlock-ml/contract'
import { TableError } from '@airlock-ml/tabular'
import type { ComparisonCurves, OwnRows, PairedRows, UnpairedRows } from '@airlock-ml/tabular/compare'
import { record } from '../audit/record.ts'
import { allDefinitions } from '../comparisons/definition-store.ts'
import { demandComparable } from '../comparisons/demand-comparable.ts'
import { definitionOfTrial } from '../comparisons/judged-by.ts'
import { countLooks, insertComparison } from '../comparisons/store.ts'
import { transact } from '../db/transact.ts'
import { existingDeployment } from '../deployments/existing.ts'
import { takeOut } from '../deployments/retreat.ts'
import type { DeploymentWish } from '../deployments/store.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import type { RequestContext } from '../http/request-context.ts'
import { contenders } from './contenders.ts'
import { type Judged, labelledRows } from './labelled-rows.ts'
import { timeOf } from './part-file.ts'

const DAYS_MS = 30 * 24 * 3_600_000

export const liveComparisonHandlers = (deps: Deps): Handlers<typeof liveComparisonRoutes> => ({
  compareDeployment: async ({ project, deployment, body }, by) => {
    const wish = await existingDeployment(deps.db, { project, deployment })
    return compareLive(deps, { wish, ...body }, by)
  },
})

type Wanted = {
  wish: DeploymentWish
  comparison?: string | undefined
  challenger?: number | undefined
  from?: string | undefined
}

/**
 * Holds what a challenger answered against what the champion answered, by the labels that came since: row by row for a
 * shadow, side by side for a canary or rollout. It is judged by the definition that was registered when that began, and
 * nothing from before counts. The answers are the service's word and the labels that of who imported them, so that the
 * evidence is `asserted`, though the sums are this workspace's own.
 * @throws PlatformError `model_version_not_found`, `no_champion`, `comparison_refused`, those of `definitionOfTrial` and
 * of reading the log
 */
async function compareLive(deps: Deps, wanted: Wanted, by: RequestContext): Promise<LiveComparison> {
  const { wish } = wanted
  const now = deps.now()
  const { begun, ...both } = await contenders(deps.db, { wish, number: wanted.challenger, now })
  const { champion, challenger } = both
  demandComparable(champion, challenger)
  const fromMs = Math.max(earliestOf(wanted.from ?? begun?.at, now), begun ? Date.parse(begun.at) : 0)
  const definitions = await allDefinitions(deps.db, wish.project)
  const features = definitions.flatMap(({ spec }) => spec.slices.map(({ feature }) => feature))
  const { rows, unreadable, isCut } = await allRows(deps, { deploymentId: wish.id, fromMs, features })
  const { positive } = challenger.evaluation
  const [pairs, sides] = [pairsOf(rows, both, { positive }), sidesOf(rows, both, { positive })]
  // What it did last counts: a canary that harmed, also one that is out by now, is not as good as it was as a shadow.
  const found = lastRole(rows, challenger) === 'canary' ? (sides ?? pairs) : (pairs ?? sides)
  if (!found)
    throw refused(
      `No prediction with a label was answered by ${wish.model} ${challenger.number} beside ${champion.number}${begun ? ` since ${begun.at}` : ''}. Import labels with \`airlock label import\`.`,
    )
  const { definition, judgedBy } = definitionOfTrial(definitions, {
    ...{ model: wish.model, wanted: wanted.comparison, named: begun?.comparison ?? null },
    begunAt: begun?.at ?? firstOf(rows, challenger),
  })
  if (definition.positive !== positive)
    throw refused(`${wish.model} is evaluated by ${positive}, and ${definition.name} speaks of ${definition.positive}.`)
  const { compareWith, comparisonCurves } = await import('@airlock-ml/tabular/compare')
  let whole: ReturnType<typeof compareWith>
  try {
    whole = compareWith(definition, found)
  } catch (error) {
    throw error instanceof TableError ? refused(error.message) : error
  }
  const mode = 'actual' in found ? 'shadow' : 'canary'
  const result = ComparisonResult.parse({
    ...{ ...whole, definition: judgedBy, mode, begunAt: begun?.at ?? null, from: new Date(fromMs).toISOString() },
    look: 1 + (await countLooks(deps.db, { workspace: deps.workspace.name, ...both, since: begun?.at })),
    labelledBy: labellersOf(rows, both),
  })
  const named = ({ number, digest }: ModelVersion) => ({ number, digest })
  const comparison: LiveComparison = {
    ...{
      id: deps.newId(),
      deployment: wish.name,
      model: wish.model,
      mode,
      grade: 'asserted',
      unreadable,
      isCut,
      result,
    },
    ...{ champion: named(champion), challenger: named(challenger), comparedAt: deps.now().toISOString() },
    curves: curvesOf(comparisonCurves(positive, found)),
    disputed: whole.disputed.map(({ row: _, ...each }) => each),
  }
  await keep(deps, { wish, comparison }, by)
  return comparison
}

const earliestOf = (from: string | undefined, now: Date): number =>
  from === undefined ? now.getTime() - DAYS_MS : Date.parse(from)

const labellersOf = (rows: readonly Judged[], { champion, challenger }: Both): string[] =>
  [
    ...new Set(
      rows
        .filter(({ digest }) => digest === champion.digest || digest === challenger.digest)
        .map(({ labelledBy }) => labelledBy),
    ),
  ].sort()

/** How a version answered last, of these rows. */
const lastRole = (rows: readonly Judged[], { digest }: Pick<ModelVersion, 'digest'>): Judged['role'] | undefined =>
  rows
    .filter((row) => row.digest === digest && row.role !== 'champion')
    .reduce<Judged | undefined>((last, row) => (last && last.id > row.id ? last : row), undefined)?.role

/** When a version answered first, of these rows. */
function firstOf(rows: readonly Judged[], { digest }: Pick<ModelVersion, 'digest'>): string {
  const ids = rows.flatMap((row) => (row.digest === digest && row.role !== 'champion' ? [row.id] : []))
  return new Date(timeOf(ids.sort()[0]!)).toISOString()
}

/** As the wire has them, whose lists may be changed. */
const curvesOf = (curves: ComparisonCurves): LiveComparison['curves'] =>
  structuredClone(curves) as LiveComparison['curves']

async function keep(
  deps: Deps,
  { wish, comparison }: { wish: DeploymentWish; comparison: LiveComparison },
  by: RequestContext,
): Promise<void> {
  const { id, model, champion, challenger, grade, result, comparedAt, mode } = comparison
  const workspace = deps.workspace.name
  await transact(deps.db, async (tx) => {
    await insertComparison(tx, {
      ...{ workspace, run_id: id, project: wish.project, model, grade, result, compared_at: comparedAt },
      ...{ challenger_number: challenger.number, challenger_digest: challenger.digest },
      ...{ champion_number: champion.number, champion_digest: champion.digest },
    })
    await record(tx, deps, {
      type: 'deployment.compared',
      actor: by.actor,
      requestId: by.requestId,
      project: wish.project,
      subject: { kind: 'deployment', id: wish.id },
      after: {
        id,
        mode,
        champion,
        challenger,
        definition: result.definition,
        from: result.from ?? null,
        verdict: result.verdict,
        rows: result.rows,
      },
    })
    if (result.verdict !== 'worse') return
    const { number } = challenger
    const wishNow = await existingDeployment(tx, { project: wish.project, deployment: wish.name })
    const { guards } = await contenders(tx, { wish: wishNow, number, now: deps.now() })
    if (!guards?.worse) return
    const reason = `The comparison ${id} found it worse: ${result.reason}`
    await takeOut(tx, deps, { wish: wishNow, number, reason }, by)
  })
}

async function allRows(deps: Deps, from: { deploymentId: string; fromMs: number; features: readonly string[] }) {
  const { parts, judged, isCut } = await labelledRows(deps, from)
  const rows: Judged[] = []
  let unreadable = 0
  for (const part of parts)
    for await (const each of judged(part)) {
      if (each) rows.push(each)
      else unreadable++
    }
  return { rows, unreadable, isCut }
}

type Both = Record<'champion' | 'challenger', Pick<ModelVersion, 'digest'>>
type Positive = { positive: string }

/** The rows that both answered, by their ids; null without one. */
function pairsOf(rows: readonly Judged[], { champion, challenger }: Both, { positive }: Positive): PairedRows | null {
  const first = new Map(rows.flatMap((row) => (isOf(row, champion, 'champion') ? [[row.id, row]] : [])))
  const pairs = rows.flatMap((row) => {
    const same = isOf(row, challenger, 'shadow') ? first.get(row.id) : undefined
    return same ? [[same, row] as const] : []
  })
  if (pairs.length === 0) return null
  const side = (at: 0 | 1) =>
    sideOf(
      pairs.map((pair) => pair[at]),
      positive,
    )
  const { actual, feature } = side(0)
  return {
    actual,
    ...(feature && { feature }),
    champion: side(0),
    challenger: side(1),
    ids: pairs.map(([{ id }]) => id),
  }
}

/** The rows that each answered by itself, from the canary's first to its last; null where one answered none. */
function sidesOf(rows: readonly Judged[], { champion, challenger }: Both, { positive }: Positive): UnpairedRows | null {
  const canary = rows.filter((row) => isOf(row, challenger, 'canary'))
  const ids = canary.map(({ id }) => id).sort()
  const [begin, end] = [ids[0], ids.at(-1)]
  if (begin === undefined || end === undefined) return null
  const others = rows.filter((row) => isOf(row, champion, 'champion') && row.id >= begin && row.id <= end)
  if (others.length === 0) return null
  return { champion: sideOf(others, positive), challenger: sideOf(canary, positive) }
}

const isOf = (row: Judged, { digest }: { digest: string }, role: Judged['role']): boolean =>
  row.role === role && row.digest === digest

function sideOf(rows: readonly Judged[], positive: string): OwnRows {
  return {
    actual: rows.map(({ truth }) => truth),
    labels: rows.map(({ label }) => label),
    scores: rows.map(({ probabilities }) => probabilities[positive] ?? 0),
    // Rows whose inputs are not kept are of no slice.
    feature: (name) =>
      rows.some(({ inputs }) => inputs?.[name] !== undefined)
        ? rows.map(({ inputs }) => inputs?.[name] ?? Number.NaN)
        : null,
  }
}

const refused = (message: string) => new PlatformError('comparison_refused', message)
