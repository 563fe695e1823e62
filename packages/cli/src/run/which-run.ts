import { allItems } from '@airlock-ml/client'
import { PlatformError } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'

/** How a command says what it takes for a run. */
export const runArg = { summary: 'Run: its id, the first 8 characters of it or more, or `latest`' }

/** So many candidates are named. */
const MOST_NAMED = 10

/**
 * The id of the run that is meant by an id, the beginning of one, or `latest`. What is neither is left to the workspace to
 * refuse. Throws `run_not_found`, and `cli_run_ambiguous` with the candidates.
 */
export async function whichRun(
  { client, project }: Pick<OpenWorkspace, 'client' | 'project'>,
  text: string,
): Promise<string> {
  if (text === 'latest') {
    const { items } = await client.listRuns({ project, limit: 1 })
    if (!items[0]) throw new PlatformError('run_not_found', `Project ${project} has no run yet.`)
    return items[0].id
  }
  const prefix = text.toLowerCase()
  // A whole id is its own prefix, and asks for no list.
  if (!/^[0-9a-f]{8}[0-9a-f-]{0,27}$/.test(prefix)) return text
  const found: string[] = []
  // They come by id, the greatest first.
  for await (const { id } of allItems(client.listRuns, { project, limit: 200 })) {
    if (id.startsWith(prefix)) found.push(id)
    else if (id < prefix) break
  }
  if (found.length > 1) {
    const named = found.slice(0, MOST_NAMED)
    const more = found.length > named.length ? `, and ${found.length - named.length} more` : ''
    const message = `${found.length} runs begin with ${text}: ${named.join(', ')}${more}.`
    throw new PlatformError('cli_run_ambiguous', message, { candidates: named })
  }
  if (!found[0]) throw new PlatformError('run_not_found', `No run of project ${project} begins with ${text}.`)
  return found[0]
}
