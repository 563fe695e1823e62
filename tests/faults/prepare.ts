import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import type { Promotion, RecallResult } from '@airlock-ml/contract'
import { ageAll } from './age.ts'
import type { Known } from './crash-points.ts'
import { dev, type FaultyProject, model, must, production } from './faulty-project.ts'

const ofProduction = ['--workspace', production]
const between = ['--model', model, '--source-workspace', dev, '--dest-workspace', production]

/** Makes both workspaces, with `ada` as admin of both and `ben` as approver of production. */
export async function makeWorkspaces(project: FaultyProject): Promise<void> {
  await must(project, ['init', '--admin', 'ada'])
  await must(project, ['user', 'create', 'ben', '--role', 'approver', ...ofProduction])
  await must(project, ['api-key', 'create', 'ben', '--store', ...ofProduction])
  await must(project, ['decision-key', 'register', '--as', 'ben', ...ofProduction])
}

/** Gives `ben` the right to lift recalls in development, too. */
export async function addToDev(project: FaultyProject): Promise<void> {
  await must(project, ['user', 'create', 'ben', '--role', 'approver', '--workspace', dev])
  await must(project, ['api-key', 'create', 'ben', '--store', '--workspace', dev])
}

/** Trains a version and brings it to `staging`. */
export async function trainAndStage(project: FaultyProject, trees: number): Promise<void> {
  await must(project, ['run', 'training', '--param', `trees=${trees}`])
  await must(project, ['model', 'promote', model, '--to-stage', 'staging'])
}

/** Exports the holder of `staging`, and asks production for it: the promotion that awaits approval. */
export const ask = async (project: FaultyProject): Promise<Promotion> =>
  JSON.parse(await must(project, ['promote', ...between, '--json'], 3)) as Promotion

export const approve = async (project: FaultyProject, promotion: string): Promise<string> =>
  must(project, ['promotion', 'approve', promotion, '--as', 'ben', '--yes', ...ofProduction])

/** Copies an exported bundle and flips a byte of its model; returns the copy's address. */
export async function damagedCopy(bundle: string): Promise<string> {
  const attempt = fileURLToPath(bundle)
  const copy = join(dirname(attempt), 'attempt-7')
  await cp(attempt, copy, { recursive: true })
  const [name] = (await readdir(join(copy, 'artifacts'))).filter((file) => file.endsWith('.onnx'))
  const file = join(copy, 'artifacts', name ?? '')
  const bytes = await readFile(file)
  bytes[40] = (bytes[40] ?? 0) ^ 1
  await writeFile(file, bytes)
  return bundle.replace(/attempt-\d+$/, 'attempt-7')
}

/** Puts what nobody signed where a head of production's log, a receipt and a recall belong; returns how to take it away. */
async function forge(dir: string, bundle: string): Promise<() => Promise<void>> {
  const exchange = join(dir, '.airlock/exchange')
  const receipts = join(exchange, 'receipts', bundle.split('/').at(-2) ?? '')
  const recalls = join(exchange, 'recalls', dev)
  for (const folder of [receipts, recalls]) await mkdir(folder, { recursive: true })
  const files = [
    join(exchange, 'checkpoints', production, '000000099999.json'),
    join(receipts, '01a20c54-323e-7166-ae27-ed871463d532.json'),
    join(recalls, '000000000001.json'),
  ]
  for (const file of files) await writeFile(file, '{}')
  return async () => {
    for (const file of files) await rm(file)
  }
}

/** Leaves in development's artifact store what kills leave: bytes nothing refers to, and a write that was cut off. */
async function leaveOrphans(dir: string): Promise<void> {
  const artifacts = join(dir, '.airlock', dev, 'artifacts')
  const digest = createHash('sha256').update('orphan').digest('hex')
  const files = [join(artifacts, 'blobs', digest.slice(0, 2), digest), join(artifacts, '.tmp', 'write-cut-off')]
  const twoHoursAgo = Date.now() / 1_000 - 7_200
  for (const file of files) {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, 'orphan')
    await utimes(file, twoHoursAgo, twoHoursAgo)
  }
}

/** Leaves development three versions of an artifact that nothing needs, of two hours ago. */
async function leaveGarbage(project: FaultyProject): Promise<void> {
  const file = join(project.dir, 'numbers.csv')
  for (const text of ['one', 'two', 'three', 'four']) {
    await writeFile(file, text)
    await must(project, ['artifact', 'register', file, '--name', 'numbers', '--workspace', dev])
  }
  await rm(file)
  await ageAll(project.dir, dev)
  const database = new DatabaseSync(join(project.dir, '.airlock', dev, 'workspace.db'))
  const then = new Date(Date.now() - 7_200_000).toISOString()
  for (const column of ['blobs set wanted_at', 'artifact_versions set created_at', 'runs set started_at'])
    database.prepare(`update ${column} = ?`).run(then)
  database.close()
}

/** Goes the whole way once and keeps each state that an act of `crash-points.ts` starts from. */
export async function prepareStates(project: FaultyProject): Promise<Known> {
  await makeWorkspaces(project)
  await project.keep('made')
  await must(project, ['run', 'training'])
  await project.keep('trained')
  await must(project, ['model', 'promote', model, '--to-stage', 'staging'])
  await project.keep('staged')
  const exporting = ['promote', '--model', model, '--source-workspace', dev, '--export-only']
  const bundle = (await must(project, exporting)).trim()
  const damagedBundle = await damagedCopy(bundle)
  await project.keep('exported')
  const { id: promotion } = await ask(project)
  await project.keep('awaiting')
  const removeForgeries = await forge(project.dir, bundle)
  await project.keep('forgeries')
  await removeForgeries()
  await approve(project, promotion)
  await trainAndStage(project, 9)
  await approve(project, (await ask(project)).id)
  await project.keep('two imported')
  await must(project, ['model', 'rollback', model, '--reason', 'worse', ...ofProduction])
  await project.keep('rolled back')
  await addToDev(project)
  const recalled = JSON.parse(
    await must(project, ['recall', '--model', model, '--model-version', '2', '--reason', 'leaked labels', '--json']),
  ) as RecallResult
  await project.keep('recalled')
  await leaveGarbage(project)
  await project.keep('garbage')
  await leaveOrphans(project.dir)
  await project.keep('orphaned')
  return { bundle, damagedBundle, promotion, recall: recalled.recall?.id ?? '' }
}
