import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileSigner, verifyExport } from '@airlock-ml/bundle'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Account, accountOf, faultsOf, inside } from './account.ts'
import { type Act, acts, type Known, killedBesideCode, namedInSources, points } from './crash-points.ts'
import { dev, type FaultyProject, faultyProject, model, production } from './faulty-project.ts'
import { prepareStates } from './prepare.ts'

// Several processes a test, on machines that do other things.
vi.setConfig({ testTimeout: 120_000 })

let project: FaultyProject
let known: Known
beforeAll(async () => {
  project = await faultyProject()
  known = await prepareStates(project)
}, 120_000)
afterAll(() => project.remove())

/** Kills the act's command at a point and runs it again; both workspaces must be sound afterwards. */
async function killAndRunAgain(name: keyof typeof acts, point: string) {
  const { in: workspace, from, command, code }: Act = acts[name]
  await project.bringBack(from)
  const args = command(known)
  const killed = await project.airlock(args, { AIRLOCK_CRASH_AT: point })
  expect(killed.signal, `airlock ${args.join(' ')} was to be killed\n${killed.stdout}${killed.stderr}`).toBe('SIGKILL')
  // In a copy: looking marks dead runs as `lost`, which the command that is run again has to do itself.
  const between = name === 'birth' ? null : await accountOf(await project.copyState(), workspace)
  if (between) expect(faultsOf(between)).toEqual([])
  const again = await project.airlock(args)
  expect(again, again.stderr).toMatchObject({ code })
  const after = { dev: await accountOf(project.dir, dev), production: await accountOf(project.dir, production) }
  expect([...faultsOf(after.dev), ...faultsOf(after.production)]).toEqual([])
  return { between: between as Account, after, again }
}

const statuses = ({ runs }: Account) => runs.map(({ status }) => status).toSorted()
const changes = ({ history }: Account) => history.map(({ act, stage, number }) => `${act} ${stage} ${number}`)
const count = ({ events }: Account, type: string) => events.filter((event) => event.type === type).length
const titled = 'killed at %s'

test('every crash point of the sources has a test, and no other', () => {
  const tested = Object.values(points).flatMap((names) => names.map((name) => name.replace(/#\d+$/, '')))
  const named = namedInSources()
  const beside = killedBesideCode().filter((name) => named.includes(name))
  expect([...new Set([...tested, ...beside])].sort()).toEqual(named)
})

test.each(points.birth)(`${titled}, init makes the workspaces once, with keys that work`, async (point) => {
  const { after } = await killAndRunAgain('birth', point)
  for (const account of [after.dev, after.production]) {
    expect(count(account, 'workspace.created')).toBe(1)
    expect(count(account, 'user.created')).toBe(1)
    expect(count(account, 'policy.applied')).toBe(1)
  }
  const trusted = await inside(project.dir, production, (client) => client.listTrustedKeys({}))
  expect(trusted.items).toMatchObject([{ workspace: dev }])
})

test.each(points.registerKey)(
  `${titled}, a person has one decision key, and it is the one stored here`,
  async (point) => {
    const { after } = await killAndRunAgain('registerKey', point)
    const registered = after.production.events.filter(({ type }) => type === 'decision-key.registered')
    expect(registered.map(({ actor }) => actor.name).sort()).toEqual(['ada', 'ben'])
    const pem = await readFile(join(project.dir, '.airlock/decision-keys', production, 'ada.pem'), 'utf8')
    expect(registered.map(({ subject }) => subject.id)).toContain(fileSigner(pem).keyHint)
  },
)

test.each(points.train)(`${titled}, a training registers nothing or all, and is run again`, async (point) => {
  const { between, after } = await killAndRunAgain('train', point)
  const wasDone = point === 'run:completed'
  expect(statuses(between)).toEqual([wasDone ? 'completed' : 'lost'])
  expect(between.versions).toHaveLength(wasDone ? 1 : 0)
  expect(statuses(after.dev)).toEqual(['completed', wasDone ? 'completed' : 'lost'])
  expect(after.dev.versions).toHaveLength(wasDone ? 2 : 1)
})

test.each(points.fail)(`${titled}, a run that failed has failed`, async (point) => {
  const { after } = await killAndRunAgain('fail', point)
  expect(statuses(after.dev)).toEqual(['failed', 'failed'])
})

test.each(points.stage)(`${titled}, a promotion inside a workspace is one change`, async (point) => {
  const { after } = await killAndRunAgain('stage', point)
  expect(changes(after.dev)).toEqual(['promote staging 1'])
})

test.each(points.export)(`${titled}, an export gives the same bundle, and production takes it`, async (point) => {
  const { between, after, again } = await killAndRunAgain('export', point)
  const uri = again.stdout.trim()
  expect(uri.split('/').at(-2)).toBe(known.bundle.split('/').at(-2))
  expect(count(after.dev, 'model-version.exported')).toBe(count(between, 'model-version.exported') + 1)
  const body = { model, stage: 'production' as const, bundle: { uri } }
  const plan = await inside(project.dir, production, (client) =>
    client.planPromotion({ project: 'cancer-detection', body }),
  )
  expect(plan).toMatchObject({ verdict: 'passed' })
})

test.each(points.request)(`${titled}, a request goes on as the same promotion`, async (point) => {
  const { after } = await killAndRunAgain('request', point)
  expect(after.production.promotions).toMatchObject([{ state: 'awaiting_approval' }])
  expect(count(after.production, 'promotion.requested')).toBe(1)
  expect(count(after.production, 'promotion.verified')).toBe(1)
})

test.each(points.refuse)(`${titled}, a damaged bundle stays refused`, async (point) => {
  const { after, again } = await killAndRunAgain('refuse', point)
  expect(again.stdout).toContain('bundle_invalid')
  expect(after.production.promotions.map(({ state }) => state)).toEqual(['refused', 'refused'])
  expect(count(after.production, 'promotion.refused')).toBe(2)
})

test.each(points.approve)(`${titled}, an import is whole and happens once`, async (point) => {
  const { after } = await killAndRunAgain('approve', point)
  expect(changes(after.production)).toEqual(['import production 1'])
  expect(after.production.promotions).toMatchObject([{ state: 'completed', approvals: [{ by: 'ben' }] }])
  expect(count(after.production, 'promotion.approved')).toBe(1)
  const hadBegun = ['import:run-started', 'import:blob-stored', 'import:blob-stored#5'].includes(point)
  expect(statuses(after.production)).toEqual(hadBegun ? ['completed', 'lost'] : ['completed'])
  const receipts = join(fileURLToPath(known.bundle), '../../../receipts')
  const [{ id, bundle } = { id: '', bundle: { digest: '' } }] = after.production.promotions
  expect(existsSync(join(receipts, bundle.digest, `${id}.json`))).toBe(true)
})

test.each(points.reject)(`${titled}, a rejection is one, and can be said again`, async (point) => {
  const { after } = await killAndRunAgain('reject', point)
  expect(after.production.promotions).toMatchObject([{ state: 'rejected' }])
  expect(count(after.production, 'promotion.rejected')).toBe(1)
})

test.each(points.rollback)(`${titled}, a rollback to a version is one change`, async (point) => {
  const { after } = await killAndRunAgain('rollback', point)
  expect(changes(after.production)).toEqual(['rollback production 1', 'import production 2', 'import production 1'])
})

test.each(points.bar)(`${titled}, a rejection is one, and can be said again`, async (point) => {
  const { after } = await killAndRunAgain('bar', point)
  expect(after.dev.versions).toMatchObject([{ number: 1, marks: [{ mark: 'rejected' }] }])
  expect(count(after.dev, 'model-version.rejected')).toBe(1)
})

test.each(points.release)(`${titled}, a release is one, and can be said again`, async (point) => {
  const { after } = await killAndRunAgain('release', point)
  expect(after.production.versions.map(({ marks }) => marks)).toEqual([[], []])
  expect(count(after.production, 'model-version.released')).toBe(1)
})

test.each(points.recall)(`${titled}, a recall is one, and can be said again`, async (point) => {
  const { after } = await killAndRunAgain('recall', point)
  expect(after.dev.versions).toMatchObject([{ number: 1, marks: [{ mark: 'recalled' }] }])
  expect(count(after.dev, 'recall.issued')).toBe(1)
  expect(count(after.dev, 'model-version.recalled')).toBe(1)
  expect(await readdir(inExchange('recalls', dev))).toEqual(['000000000001.json'])
})

test.each(points.lift)(`${titled}, a lifting is one, can be said again, and is published`, async (point) => {
  const { after } = await killAndRunAgain('lift', point)
  expect(count(after.dev, 'recall.lifted')).toBe(1)
  expect(after.dev.versions.flatMap(({ marks }) => marks)).toEqual([])
  expect(await readdir(inExchange('recalls', dev))).toEqual(['000000000001.json', '000000000002.json'])
})

test.each(points.hear)(`${titled}, a recall of another workspace is received once`, async (point) => {
  const { between, after } = await killAndRunAgain('hear', point)
  expect([between, after.production].map((account) => count(account, 'recall.received'))).toEqual([1, 1])
  expect(count(after.production, 'model-version.recalled')).toBe(1)
})

test.each(points.refuseNotice)(`${titled}, a recall that nobody signed is refused once`, async (point) => {
  const { after } = await killAndRunAgain('refuseNotice', point)
  expect(count(after.production, 'recall.notice-refused')).toBe(1)
})

test.each(points.repair)(`${titled}, a repair is run again, and each is on record`, async (point) => {
  const { after } = await killAndRunAgain('repair', point)
  expect(after.dev.check.findings).toEqual([])
  const wasDone = point === 'repair:recorded'
  expect(count(after.dev, 'workspace.repair-begun')).toBe(wasDone || point === 'repair:removed#2' ? 1 : 2)
  expect(count(after.dev, 'workspace.repaired')).toBe(point === 'repair:removed#2' ? 0 : 1)
})

test.each(points.collect)(`${titled}, a collection is one, and is gone on with`, async (point) => {
  const { between, after } = await killAndRunAgain('collect', point)
  const left = { 'collect:marked': 3, 'collect:bytes-removed#2': 1 }[point] ?? 0
  const orphans = between.check.findings.map(({ kind }) => kind)
  expect(orphans).toEqual(Array.from({ length: left }, () => 'blob_orphaned'))
  expect([between, after.dev].map((account) => count(account, 'artifact.collected'))).toEqual([1, 1])
  expect(after.dev.check.findings).toEqual([])
})

test.each(points.signHead)(`${titled}, the head of the log is signed once and published`, async (point) => {
  const { between, after } = await killAndRunAgain('signHead', point)
  const published = await readdir(inExchange('checkpoints', dev))
  expect(published).toEqual([expect.stringContaining(String(between.events.length))])
  expect(after.dev.events).toHaveLength(between.events.length)
})

test.each(points.rotate)(`${titled}, a rotation is whole, and its log verifies`, async (point) => {
  const { between, after } = await killAndRunAgain('rotate', point)
  const wasDone = point !== 'rotate:key-stored'
  expect(count(between, 'workspace.key-rotated')).toBe(wasDone ? 1 : 0)
  expect(count(after.dev, 'workspace.key-rotated')).toBe(wasDone ? 2 : 1)
  await inside(project.dir, dev, async (client) => {
    const { keys, keyHint } = await client.showWorkspace()
    expect(keys.map(({ retiredAt }) => retiredAt === null)).toEqual(wasDone ? [false, false, true] : [false, true])
    expect((await client.createCheckpoint()).keyHint).toBe(keyHint)
    const publicKeys = keys.map(({ publicKey }) => publicKey)
    expect(await verifyExport(await client.exportAuditLog(), { publicKeys })).toMatchObject({ ok: true, problems: [] })
  })
})

test.each(points.witness)(`${titled}, the head of another workspace is countersigned once`, async (point) => {
  const { after } = await killAndRunAgain('witness', point)
  expect(await readdir(inExchange('witness', dev, production))).toEqual(
    await readdir(inExchange('checkpoints', production)),
  )
  expect(count(after.dev, 'witness.refused')).toBe(0)
})

test.each(points.refuseHead)(`${titled}, a head that nobody signed is refused once`, async (point) => {
  const { after } = await killAndRunAgain('refuseHead', point)
  expect(count(after.dev, 'witness.refused')).toBe(1)
})

test.each(points.receive)(`${titled}, each receipt is taken once`, async (point) => {
  const { between, after } = await killAndRunAgain('receive', point)
  expect([between, after.dev].map((account) => count(account, 'promotion.receipt-received'))).toEqual([1, 2])
})

test.each(points.refuseReceipt)(`${titled}, a receipt that nobody signed is refused once`, async (point) => {
  const { after } = await killAndRunAgain('refuseReceipt', point)
  expect(count(after.dev, 'promotion.receipt-refused')).toBe(1)
})

const inExchange = (...path: string[]) => join(project.dir, '.airlock', 'exchange', ...path)
