import type { ArtifactVersion } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** How a command names an artifact. */
export const artifactArg = { summary: 'Name or id' } as const
export const artifactVersionOption = {
  value: 'N',
  integer: true,
  summary: 'Version of that name (default: the newest)',
} as const

/** The artifact with an id, or the version of a name, the newest unless `version` says which. */
export const artifactCalled = (
  { client, project }: Pick<OpenWorkspace, 'client' | 'project'>,
  text: string,
  version: number | undefined,
): Promise<ArtifactVersion> =>
  uuid.test(text)
    ? client.showArtifact({ project, artifactId: text })
    : client.findArtifact({ project, name: text, ...(version !== undefined && { version }) })
