import { join } from 'node:path'

/** Where a project keeps its embedded workspaces and what the command line remembers. */
export const layout = (projectDir: string) => {
  const home = join(projectDir, '.airlock')
  return {
    home,
    gitignore: join(home, '.gitignore'),
    credentials: join(home, 'credentials.json'),
    session: join(home, 'session.json'),
    workspace: (name: string) => join(home, name),
    /** The private half of a person's decision key. */
    decisionKey: (workspace: string, person: string) => join(home, 'decision-keys', workspace, `${person}.pem`),
    /** What a service that runs here keeps. */
    deployment: (workspace: string, name: string) => join(home, 'deployments', workspace, name),
    /** Names the process that serves the workspace, while one does. */
    server: (name: string) => join(home, name, 'server.json'),
  }
}
