import { resolve } from 'node:path'
import { type LabelImport, MAX_LABELS } from '@airlock-ml/contract'
import { readLabels } from '../../label/read-labels.ts'
import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { table } from '../../output/table.ts'
import { openWorkspace } from '../../workspace/open.ts'

const MOST_NAMED = 20

export default command({
  name: 'label import',
  summary: 'Say what predictions of a deployment really were, out of a file',
  description: `The file, CSV or Parquet, has the columns \`prediction_id\` and \`label\`. The same file again changes nothing. A prediction
that has another label already keeps it, unless --replace is given. Exits with 1 when a label was not taken: the id is
unknown, it has another one, or the label is no class of the model. For a prediction about a subject that was erased
nothing is kept, so that the same file does not bring back what was erased; that is counted, and no failure. What was answered a moment ago is unknown until its
part of the log is registered, after \`log.partSeconds\` of the deployment.`,
  args: { deployment: { summary: 'Deployment' }, file: { summary: 'CSV or Parquet file' } },
  options: { replace: { summary: 'Replace labels that are other ones' } },
  examples: ['airlock label import cancer-api outcomes.csv --workspace enterprise-production'],
  run: async ({ args: { deployment, file }, options: { replace = false }, context }) => {
    const labels = await readLabels(resolve(context.cwd, file), file)
    const { client, project } = await openWorkspace(context)
    const all: LabelImport = {
      imported: 0,
      unchanged: 0,
      replaced: 0,
      unknown: [],
      conflicting: [],
      noClass: [],
      erased: [],
    }
    for (let from = 0; from < labels.length; from += MAX_LABELS) {
      const body = { labels: labels.slice(from, from + MAX_LABELS), replace: replace === true }
      const some = await client.importLabels({ project, deployment, body })
      for (const count of ['imported', 'unchanged', 'replaced'] as const) all[count] += some[count]
      all.unknown.push(...some.unknown)
      all.conflicting.push(...some.conflicting)
      all.noClass.push(...some.noClass)
      all.erased.push(...some.erased)
    }
    const { unknown, conflicting, noClass, erased, ...counts } = all
    const notTaken = [
      ...unknown.map((id) => ({ id, why: 'unknown' })),
      ...conflicting.map(({ predictionId: id, label, kept }) => ({ id, why: `${label}, and has ${kept}` })),
      ...noClass.map(({ predictionId: id, label, classes }) => ({
        id,
        why: `${label} is none of ${classes.join(', ')}`,
      })),
    ]
    const result = shown(
      all,
      {
        ...counts,
        unknown: unknown.length,
        conflicting: conflicting.length,
        'no class': noClass.length,
        erased: erased.length,
      },
      {
        context,
        more: async () => {
          if (notTaken.length === 0) return ''
          if (unknown.length > 0)
            context.note(
              `Answered a moment ago? Import again once logWaiting in \`airlock deployment show ${deployment}\` is 0.`,
            )
          const some = notTaken.slice(0, MOST_NAMED)
          const rows = await table(some, { 'Not taken': ({ id }) => id, Why: ({ why }) => why }, context)
          return notTaken.length > MOST_NAMED ? `${rows}\nand ${notTaken.length - MOST_NAMED} more` : rows
        },
      },
    )
    return { ...result, exitCode: notTaken.length > 0 ? 1 : 0 }
  },
})
