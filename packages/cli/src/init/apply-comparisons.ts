import { isHeld, isPlatformError, type RegisteredComparison } from '@airlock-ml/contract'
import { comparisonNames, loadComparison } from '@airlock-ml/sdk'
import { heldText } from '../change/print.ts'
import type { Context } from '../context.ts'
import type { ProjectFolder } from '../project/config.ts'
import type { OpenWorkspace } from '../workspace/open.ts'

/** What was registered, and where. */
export type AppliedComparison = RegisteredComparison & { workspace: string }

/**
 * Registers what `governance/comparisons` declares in each workspace, so that it stands before anything is trained. A
 * name that is registered keeps what it stands for: another version is a decision of its own, `airlock comparison apply`.
 */
export async function applyComparisons(
  folder: ProjectFolder,
  workspaces: Iterable<OpenWorkspace>,
  context: Pick<Context, 'note'>,
): Promise<AppliedComparison[]> {
  const inForce: AppliedComparison[] = []
  const names = await comparisonNames(folder.dir)
  for (const workspace of workspaces)
    for (const comparison of names) {
      const { client, project, name } = workspace
      const applied =
        (await registeredIn(workspace, comparison)) ??
        (await client.applyComparison({ project, body: await loadComparison(folder.dir, comparison) }))
      if (isHeld(applied)) context.note(`the comparison ${comparison} waits: ${heldText(applied.change, name)}`)
      else inForce.push({ ...applied, workspace: name })
    }
  return inForce
}

const registeredIn = (
  { client, project }: OpenWorkspace,
  comparison: string,
): Promise<RegisteredComparison | undefined> =>
  client.showRegisteredComparison({ project, comparison }).catch((error: unknown) => {
    if (isPlatformError(error) && error.code === 'comparison_not_registered') return undefined
    throw error
  })
