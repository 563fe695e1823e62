import { layout } from './layout.ts'
import { readJsonFile, writePrivateJsonFile } from './private-file.ts'

/** What `login`, `project set` and `stack set` chose. */
export type Session = {
  workspace?: string
  project?: string
  /** Stack of local runs, by workspace. */
  stacks?: Record<string, string>
  /** First admin of the embedded workspaces, as `init` was told. */
  admin?: string
  /** Addresses given to `login`, by workspace; they win over airlock.config.ts. */
  urls?: Record<string, string>
}

export const readSession = (projectDir: string): Promise<Session> =>
  readJsonFile<Session>(layout(projectDir).session, {})

/** Replaces the named parts of the session. */
export async function updateSession(projectDir: string, change: (session: Session) => Session): Promise<Session> {
  const session = change(await readSession(projectDir))
  await writePrivateJsonFile(layout(projectDir).session, session)
  return session
}
