import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { PlatformError } from '@airlock-ml/contract'
import { askService, readinessOf } from '../../deployment/ask-service.ts'
import { exampleRow } from '../../deployment/example-row.ts'
import { findService, folderOfService } from '../../deployment/service-folder.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment invoke',
  summary: 'Ask the service of a deployment, with an example or with your own rows',
  description: `--data takes a file of JSON, or - for what is piped in: one row as an object, several as an array, or a whole request as
\`POST /v1/predict\` and \`POST /invoke\` take it. The key is that of AIRLOCK_DEPLOYMENT_KEY, else the one that was kept when
the deployment was made here.`,
  args: { name: { summary: 'Deployment' } },
  options: {
    example: { summary: 'Ask about a row of the data that the version was evaluated on' },
    data: { value: 'FILE', summary: 'Ask about the rows in this JSON file' },
  },
  examples: [
    'airlock deployment invoke cancer-api --example --workspace enterprise-production',
    'airlock deployment invoke cancer-api --data patient.json --json',
  ],
  run: async ({ args: { name }, options: { example, data }, context }) => {
    if (example === (data !== undefined))
      throw new PlatformError('cli_usage_invalid', 'Give either --example or --data FILE.')
    const given = data === undefined ? null : await read(data)
    const { client, project, folder, name: workspace } = await openWorkspace(context)
    const { report, model } = await client.showDeployment({ project, deployment: name })
    const kept = await findService(folderOfService(folder, workspace, name))
    if (!report) throw new PlatformError('service_unreachable', `The service of ${name} was never seen.`)
    const { url } = report
    const key = context.env.AIRLOCK_DEPLOYMENT_KEY ?? kept?.invokeKey ?? null
    if (given) return result(await askService(url, { ...requestOf(given.value), key }))
    const readiness = await readinessOf(url, key)
    if (!readiness) throw new PlatformError('service_unreachable', `${url} does not answer.`)
    if (!readiness.isReady) throw new PlatformError('nobody_serves', readiness.why)
    const { row, from } = await exampleRow(client, { project, model, number: readiness.version })
    context.note(`The row is from ${from}.`)
    return result(await askService(url, { path: '/v1/predict', body: { row }, key }))

    async function read(file: string): Promise<{ value: unknown }> {
      const text =
        file === '-'
          ? await textOf(context.stdin)
          : await readFile(resolve(context.cwd, file), 'utf8').catch(unreadable)
      try {
        return { value: JSON.parse(text) }
      } catch (cause) {
        throw new PlatformError('cli_file_invalid', `${file} is not JSON: ${(cause as Error).message}`, {}, { cause })
      }
    }
  },
})

function unreadable(cause: Error): never {
  throw new PlatformError('cli_file_invalid', `It cannot be read: ${cause.message}`, {}, { cause })
}

/** A row, rows, or a whole request. */
function requestOf(value: unknown): { path: string; body: unknown } {
  if (Array.isArray(value)) return { path: '/v1/predict', body: { rows: value } }
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : []
  if (names.includes('parameters')) return { path: '/invoke', body: value }
  if (names.includes('row') || names.includes('rows')) return { path: '/v1/predict', body: value }
  return { path: '/v1/predict', body: { row: value } }
}

const result = (answer: Record<string, unknown>) => ({ data: answer, text: () => JSON.stringify(answer, null, 2) })
