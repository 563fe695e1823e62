import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@airlock-ml/client'
import { compile, type Pipeline, type RunEvent, type RunOutcome, runPipeline } from '@airlock-ml/sdk'
import { createWorkspace, openWorkspace } from '@airlock-ml/server'

export const project = 'cancer-detection'

const code = { digest: 'c'.repeat(64), commit: null, dirty: true }

/** A real workspace in a temporary folder, with the stack `dev-stack`. */
export interface EmbeddedWorkspace {
  readonly dir: string
  readonly apiKey: string
  readonly client: Client
  /** Compiles and runs a pipeline, and keeps what happened. */
  readonly run: (pipeline: Pipeline, options?: RunOptions) => Promise<RunOutcome & { events: RunEvent[] }>
  readonly close: () => Promise<void>
}

export type RunOptions = Partial<Parameters<typeof runPipeline>[0]> & { params?: Record<string, unknown> }

export async function openEmbeddedWorkspace(): Promise<EmbeddedWorkspace> {
  const dir = await mkdtemp(join(tmpdir(), 'airlock-sdk-'))
  const workspaceDir = join(dir, 'dev')
  const { apiKey } = await createWorkspace({ dir: workspaceDir, name: 'dev', project, admin: 'ada' })
  const workspace = await openWorkspace({ dir: workspaceDir, exchange: join(dir, 'exchange') })
  const client = createClient({
    baseUrl: 'http://dev.workspace',
    fetch: workspace.fetch,
    validate: true,
    ...(apiKey && { apiKey }),
  })
  const components = [
    { type: 'orchestrator', flavor: 'local' },
    { type: 'artifact_store', flavor: 'local' },
  ] as const
  await client.putStack({ project, stack: 'dev-stack', body: { components: [...components] } })
  const run: EmbeddedWorkspace['run'] = async (pipeline, { params = {}, hooks, ...options } = {}) => {
    const events: RunEvent[] = []
    const names = {
      success: (hooks?.success ?? []).map(({ name }) => name),
      failure: (hooks?.failure ?? []).map(({ name }) => name),
      drift: (hooks?.drift ?? []).map(({ name }) => name),
    }
    const snapshot = compile(pipeline, { params, environment: 'local', stack: 'dev-stack', code, hooks: names })
    const onEvent = (event: RunEvent) => void events.push(event)
    const outcome = await runPipeline({
      client,
      project,
      pipeline,
      snapshot,
      onEvent,
      ...(hooks && { hooks }),
      ...options,
    })
    return { ...outcome, events }
  }
  const close = async () => {
    await workspace.close()
    await rm(dir, { recursive: true })
  }
  return { dir, apiKey: apiKey ?? '', client, run, close }
}
