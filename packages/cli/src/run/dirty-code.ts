import type { SnapshotSpec } from '@airlock-ml/contract'

/** A line to warn whoever trains from code that its commit alone does not give back; null where there is nothing to say. */
export function dirtyCodeWarning({ model, code }: Pick<SnapshotSpec, 'model' | 'code'>): string | null {
  if (model?.action !== 'trains' || !code.dirty) return null
  if (code.commit === null)
    return 'warning: the code is not committed in git, so nobody can train this version again from a commit'
  const commit = code.commit.slice(0, 7)
  return `warning: there are uncommitted changes, so commit ${commit}, which is recorded, does not by itself reproduce this run`
}
