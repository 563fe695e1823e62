import type { Client } from '@airlock-ml/client'
import { type ArtifactRef, PlatformError } from '@airlock-ml/contract'

/** The output, and the role of a version, that holds a report. */
const NAME = 'report'

/** The report of a run, or of the version `MODEL/NUMBER`. Throws `report_not_found`, and what the workspace answers. */
export async function findReport(
  client: Client,
  { project, of }: { project: string; of: string },
): Promise<ArtifactRef> {
  const [, model, number] = /^([^/]+)\/(\d+)$/.exec(of) ?? []
  const found = model
    ? await ofVersion(client, { project, model, number: Number(number) })
    : await ofRun(client, project, of)
  if (found?.type === 'json') return found
  throw new PlatformError('report_not_found', `${of} has made no JSON output called ${NAME}.`)
}

async function ofVersion(client: Client, version: { project: string; model: string; number: number }) {
  return (await client.showModelVersion(version)).artifacts[NAME]
}

async function ofRun(client: Client, project: string, runId: string) {
  const { steps } = await client.showRun({ project, runId })
  return steps.map(({ outputs }) => outputs[NAME]).findLast((output) => output !== undefined)
}
