import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openBenchWorkspace } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { installCommand } from './installed-command.ts'
import { measureInTurn } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'
import { registerVersion, storeSmallModel } from './versions.ts'

const ROUNDS = 31
const VERSIONS = 50
const workspace = 'enterprise-dev-staging'
const where = { project: 'cancer-detection', stack: 'dev-stack', model: 'breast_cancer_classifier' }

/** A command that opens an embedded workspace: configuration, database, server in process, answer, table. */
export const cliList: Benchmark = {
  name: 'cli-list',
  summary: `The packed command listing ${VERSIONS} model versions of an embedded workspace, to an empty \`node -e 0\`.`,
  bar: { is: 'at most', ratio: 5 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      note('packing')
      const { airlock, emptyNode } = await installCommand(dir)
      note(`making a project and ${VERSIONS} versions`)
      const project = join(dir, 'project')
      airlock(['init', project, '--admin', 'ada'], dir)
      await registerVersions(project)
      const args = ['model', 'version', 'list', where.model, '--workspace', workspace]
      const contenders = { 'airlock model version list': () => airlock(args, project), 'node -e 0': emptyNode }
      const measured = await measureInTurn(contenders, { rounds, note })
      return { measured, ratio: measured['airlock model version list'].medianMs / measured['node -e 0'].medianMs }
    }),
}

async function registerVersions(project: string): Promise<void> {
  const home = join(project, '.airlock')
  const credentials = JSON.parse(await readFile(join(home, 'credentials.json'), 'utf8'))
  const apiKey: string = credentials[workspace].keys.ada
  const opened = await openBenchWorkspace({ dir: join(home, workspace), exchange: join(home, 'exchange'), apiKey })
  const outputs = await storeSmallModel(opened.client, where.project)
  for (let made = 0; made < VERSIONS; made++) await registerVersion(opened.client, { ...where, outputs })
  await opened.close()
}
