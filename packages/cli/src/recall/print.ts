import type { Recall, RecallReach, RecallResult } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { Result } from '../output/result.ts'
import { fieldLines, shortDigest } from '../output/show.ts'
import { table } from '../output/table.ts'

/** What was recalled, in words. */
export const recalledText = ({ kind, model, number, source, digest, commit }: Recall): string =>
  kind === 'version'
    ? `${model} version ${number ?? `${source?.number} of ${source?.workspace}`}`
    : `${kind} ${digest ?? commit}`

/** Who recalled it, and where. */
export const recallerText = ({ by, origin }: Recall): string => `${by} of ${origin.workspace}`

/** What `recall` and `recall show` print: the reach, and loudly who still holds a stage. */
export const recallResult = (result: RecallResult, workspace: string, context: Context): Result => ({
  data: result,
  text: () => reachText(result, workspace, context),
})

async function reachText({ recall, dryRun, reach }: RecallResult, workspace: string, context: Context) {
  const { counts } = reach
  const head = fieldLines(
    {
      id: recall?.id,
      recalled: recall
        ? `${recalledText(recall)}, by ${recallerText(recall)} at ${recall.at}`
        : 'nothing yet: a dry run',
      reason: recall?.reason,
      lifted: recall?.lifted ? `by ${recall.lifted.by} at ${recall.lifted.at}: ${recall.lifted.reason}` : undefined,
      reaches: `${counts.versions} versions, ${counts.artifacts} artifacts, ${counts.runs} runs, ${counts.comparisons} comparisons, ${counts.bundles} bundles`,
      used: `${counts.consumingRuns} runs used them: what they predicted rests on them`,
      answered:
        counts.deployments > 0
          ? `${counts.predictions} predictions by ${counts.deployments} deployments rest on them`
          : undefined,
      promotions: counts.promotions > 0 ? `${counts.promotions} under way, to be refused` : undefined,
    },
    context,
  )
  const parts = [
    head,
    await versionsText(reach, context),
    await runsText(reach, context),
    await deploymentsText(reach, context),
    holdersText(reach, context),
  ]
  const isOurs = !dryRun && recall?.origin.workspace === workspace
  const elsewhere = isOurs
    ? `Workspaces that believe the bundles or receipts of ${workspace} hear of it through the exchange.`
    : ''
  return [...parts, elsewhere].filter((part) => part !== '').join('\n\n')
}

const versionsText = ({ versions }: RecallReach, context: Context) =>
  versions.length === 0
    ? ''
    : table(
        versions,
        {
          Model: ({ model }) => model,
          Version: ({ number }) => number,
          Stage: ({ stage }) => stage,
          Source: ({ source }) => `${source.workspace} version ${source.number}`,
          Digest: ({ digest }) => shortDigest(digest),
        },
        context,
      )

const runsText = ({ runs }: RecallReach, context: Context) =>
  runs.length === 0
    ? ''
    : table(
        runs,
        {
          Run: ({ id }) => id,
          Pipeline: ({ pipeline }) => pipeline,
          Use: ({ use }) => use,
          Status: ({ status }) => status,
          Started: ({ startedAt }) => startedAt,
        },
        context,
      )

const deploymentsText = ({ deployments }: RecallReach, context: Context) =>
  deployments.length === 0
    ? ''
    : table(
        deployments,
        {
          Deployment: ({ name, deletedAt }) => (deletedAt === null ? name : `${name} (deleted)`),
          Answered: ({ model, number }) => `${model} ${number}`,
          Predictions: ({ predictions, unheard }) => (unheard > 0 ? `${predictions}, unheard ${unheard}` : predictions),
          First: ({ firstAt }) => firstAt,
          Last: ({ lastAt, answersNow }) => (answersNow ? 'answers now' : lastAt),
        },
        context,
      )

/** Loudly, what serves now and what to do. */
export function holdersText({ holders }: Pick<RecallReach, 'holders'>, { colours }: Context): string {
  if (holders.length === 0) return ''
  const lines = holders.map(
    ({ model, number, stage, remedy }) =>
      `${model} version ${number} HOLDS ${stage} NOW and goes on holding it:\n  ${remedy}`,
  )
  return colours.red(lines.join('\n'))
}
