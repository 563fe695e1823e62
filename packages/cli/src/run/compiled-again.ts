import { PlatformError } from '@airlock-ml/contract'
import { codeOf, loadConfig, loadHooks, loadPipeline } from '@airlock-ml/sdk'
import type { Context } from '../context.ts'
import { openProjectFolder } from '../project/config.ts'
import type { OpenWorkspace } from '../workspace/open.ts'
import type { Compiled } from './compile-pipeline.ts'

/** What a run of before was compiled from, with the code at hand: which must be the same. Throws `snapshot_code_differs`. */
export async function compiledAgain(
  context: Context,
  { client, project, name }: OpenWorkspace,
  runId: string,
): Promise<Compiled & { snapshotId: string }> {
  const { snapshotId, labels } = await client.showRun({ project, runId })
  if (snapshotId === null) throw new PlatformError('run_not_retryable', `Run ${runId} is the platform's own.`)
  await openProjectFolder(context.cwd)
  const { projectDir, config } = await loadConfig(context.cwd)
  const { spec } = await client.showSnapshot({ project, snapshotId })
  const code = await codeOf(projectDir)
  if (code.digest !== spec.code.digest) {
    const at =
      spec.code.commit === null ? '' : `, of commit ${spec.code.commit}${spec.code.dirty ? ' with changes' : ''}`
    throw new PlatformError(
      'snapshot_code_differs',
      `Run ${runId} ran the code ${spec.code.digest}${at}. The code of this project is ${code.digest}.`,
      { snapshotId, commit: spec.code.commit, dirty: spec.code.dirty },
    )
  }
  const pipeline = await loadPipeline(projectDir, config, spec.pipeline)
  const hooks = await loadHooks(projectDir, spec.hooks)
  return { projectDir, pipeline, spec, labels, hooks, workspace: name, snapshotId }
}
