import { localOrchestratorConfig } from '@airlock-ml/stack'
import type { OpenWorkspace } from '../workspace/open.ts'

/** The most steps at a time, as the stack's orchestrator says; undefined where it does not. Throws `stack_not_found`. */
export async function stackConcurrency(
  { client, project }: Pick<OpenWorkspace, 'client' | 'project'>,
  stack: string,
): Promise<number | undefined> {
  const { components } = await client.showStack({ project, stack })
  const orchestrator = components.find(({ type }) => type === 'orchestrator')
  return localOrchestratorConfig.safeParse(orchestrator?.config).data?.concurrency
}
