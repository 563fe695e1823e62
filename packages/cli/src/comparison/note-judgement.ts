import type { Run } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import type { OpenWorkspace } from '../workspace/open.ts'
import { judgedByText } from './registered.ts'

/** Says what a run that compares has found, and whether what it judged by was registered. */
export async function noteJudgement(
  { note }: Pick<Context, 'note'>,
  { client, project }: OpenWorkspace,
  { id, model }: Run,
): Promise<void> {
  if (!model) return
  const { items } = await client.listComparisons({ project, model: model.name, number: model.number ?? undefined })
  const found = items.find(({ runId }) => runId === id)
  if (found) note(`${found.result.verdict}, judged by ${judgedByText(found.result.definition)}`)
}
