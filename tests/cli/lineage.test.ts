import { execFile } from 'node:child_process'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { createSigningKey, fileSigner } from '@airlock-ml/bundle'
import type { ModelVersionWithDestinations, Promotion, ReceiptSync, Trace, Workspace } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { blocksOf } from '../guides/blocks.ts'
import { command, jsonOf } from './airlock.ts'
import { addApprover, dev, model, production, sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project
let promotion: Promotion
const ofProduction = ['--workspace', production]
beforeAll(async () => {
  await addApprover(airlock)
  await airlock('run', 'training', '--environment', 'staging')
  await airlock('model', 'promote', model, '--to-stage', 'staging')
  const between = ['--model', model, '--source-workspace', dev, '--dest-workspace', production]
  const asked = await airlock('promote', ...between, '--json')
  const { id } = JSON.parse(asked.stdout) as Promotion
  promotion = await jsonOf<Promotion>(airlock, 'promotion', 'approve', id, '--as', 'ben', '--yes', ...ofProduction)
})

test('trace walks from production to data and steps with the other workspace offline, as a tree and as JSON', async () => {
  const home = join(project.dir, '.airlock', dev)
  await rename(home, `${home}.away`)
  await rename(join(project.dir, '.airlock/exchange'), join(project.dir, '.airlock/exchange.away'))
  const { code, stdout, stderr } = await airlock('trace', `${model}/1`, ...ofProduction)
  expect([code, stderr]).toEqual([0, ''])
  for (const line of [
    new RegExp(`^${model} 1 of ${production}, production$`, 'm'),
    /^ {2}policy production version 1, digest [0-9a-f]{64}$/m,
    /^ {4}approved by ben at /m,
    new RegExp(`^ {2}bundle ${promotion.bundle.digest}$`, 'm'),
    new RegExp(`^ {4}version 1 of ${dev}$`, 'm'),
    new RegExp(`^ {2}training run [0-9a-f-]{36} in ${dev}$`, 'm'),
    /^ {4}commit not in git/m,
    /^ {4}step train_model$/m,
    /^ {6}reads \w+ [0-9a-f]{64}, from make_rows\.\w+$/m,
    /^ {2}data\n {4}make_rows\.\w+ [0-9a-f]{64}$/m,
  ])
    expect(stdout).toMatch(line)
  const traced = await jsonOf<Trace>(airlock, 'trace', promotion.bundle.digest, ...ofProduction)
  expect(traced).toMatchObject({ ref: { kind: 'bundle' }, training: { workspace: dev } })
  await rename(`${home}.away`, home)
  await rename(join(project.dir, '.airlock/exchange.away'), join(project.dir, '.airlock/exchange'))
})

test('trace of what is not known ends with 1 and says what can be given', async () => {
  const { code, stderr } = await airlock('trace', '../../etc/passwd', ...ofProduction)
  expect(code).toBe(1)
  expect(stderr).toContain('trace_ref_not_found')
  expect(stderr).toContain('MODEL/NUMBER')
})

test('the source says where its version lives, once it has the receipt', async () => {
  const { received } = await jsonOf<ReceiptSync>(airlock, 'promotion', 'sync', '--workspace', dev)
  expect(received).toMatchObject([{ workspace: production, model, version: 1, number: 1, stage: 'production' }])
  const show = ['model', 'version', 'show', model, '1', '--workspace', dev]
  const { destinations } = await jsonOf<ModelVersionWithDestinations>(airlock, ...show)
  expect(destinations).toMatchObject([{ workspace: production, promotionId: promotion.id }])
  expect((await airlock(...show)).stdout).toContain(`${production} as version 1, entered production at `)
  expect((await airlock('promotion', 'sync', '--workspace', dev)).stdout).toBe('nothing new\n')
})

type Zip = { unzipSync: (zip: Uint8Array) => Record<string, Uint8Array> }

/** Unpacks the evidence into a folder of its own, and checks it as an auditor does: with bash, openssl and two keys. */
const unpack = async (zip: string, folder: string) => {
  const { unzipSync } = createRequire(command)('fflate') as Zip
  const dir = join(project.dir, folder)
  for (const [path, bytes] of Object.entries(unzipSync(await readFile(join(project.dir, zip))))) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), bytes)
  }
  const check = (...keys: string[]) =>
    promisify(execFile)('bash', ['check.sh', ...keys], { cwd: dir }).then(
      ({ stdout }) => ({ passed: true, said: stdout }),
      (error: { stderr: string }) => ({ passed: false, said: error.stderr }),
    )
  return { dir, check }
}

const keyFile = async (workspace: string): Promise<string> => {
  const { publicKey } = await jsonOf<Workspace>(airlock, 'workspace', 'show', workspace)
  const file = join(project.dir, `${workspace}.pem`)
  await writeFile(file, publicKey)
  return file
}

const ofVersion = ['evidence', model, '--model-version', '1', ...ofProduction, '-o']

test('evidence holds all that decided, has the same bytes again, and is checked without us', {
  timeout: 120_000,
}, async () => {
  const first = await jsonOf<{ digest: string; files: string[] }>(airlock, ...ofVersion, 'evidence.zip')
  const again = await jsonOf<{ digest: string }>(airlock, ...ofVersion, 'again.zip')
  expect(again.digest).toBe(first.digest)
  for (const file of ['manifest.json', 'model.sig', 'snapshot.json', 'lineage.json'])
    expect(first.files).toContain(`bundle/${file}`)
  for (const file of ['SUMMARY.md', 'gates.json', 'approvals.json', 'policy.json', 'metrics.json', 'promotion.json'])
    expect(first.files).toContain(file)
  for (const file of ['01.json', '01.sig', '01.pem']) expect(first.files).toContain(`decisions/${file}`)
  const { dir, check } = await unpack('evidence.zip', 'unpacked')
  const summary = await readFile(join(dir, 'SUMMARY.md'), 'utf8')
  for (const said of [promotion.bundle.digest, promotion.id, 'approved by ben', 'promotion.completed', 'bash check.sh'])
    expect(summary).toContain(said)
  const keys = [await keyFile(dev), await keyFile(production)] as const
  const checked = await check(...keys)
  expect(checked).toEqual({ passed: true, said: expect.stringMatching(/all checks passed\n$/) })
  expect(checked.said).toMatch(/decisions\/01\.json is signed by ben, whose key audit\/\d+\.entry\.json registers/)
  expect(checked.said).toMatch(/audit\/\d+\.entry\.json is event \d+ of the log/)
  expect(await check(keys[1], keys[0])).toMatchObject({ passed: false })
})

test('evidence shows what a witness countersigned, and its key checks that', { timeout: 120_000 }, async () => {
  for (const workspace of [production, dev, production]) await airlock('audit', 'checkpoint', '--workspace', workspace)
  const { files } = await jsonOf<{ files: string[] }>(airlock, ...ofVersion, 'seen.zip')
  const [seen, ...more] = files.filter((path) => path.includes('countersignature-'))
  expect([seen, more]).toEqual([expect.stringMatching(`-${dev}.json$`), []])
  const { dir, check } = await unpack('seen.zip', 'seen')
  const [source, workspace] = [await keyFile(dev), await keyFile(production)]
  expect(await check(source, workspace)).toMatchObject({
    passed: true,
    said: expect.stringContaining(`not checked: ${seen}`),
  })
  const checked = await check(source, workspace, source)
  expect(checked).toMatchObject({ passed: true, said: expect.stringContaining(`ok: ${seen} is signed by ${source}`) })
  expect(await check(source, workspace, workspace)).toMatchObject({
    passed: false,
    said: expect.stringContaining(seen!),
  })
  expect(await readFile(join(dir, 'SUMMARY.md'), 'utf8')).toContain(`countersigned by \`${dev}\``)
})

test('what was taken out of the evidence is missed by its check', { timeout: 120_000 }, async () => {
  const { files } = await jsonOf<{ files: string[] }>(airlock, ...ofVersion, 'complete.zip')
  const completed = await fileWith('complete', files, '"type":"promotion.completed"')
  const taken = await fileWith('complete', files, '"type":"evidence.taken"')
  const entries = files.filter((path) => path.endsWith('.entry.json') && ![completed, taken].includes(path))
  const events = entries.map((path) => path.replace('.entry.json', ''))
  const keys = [await keyFile(dev), await keyFile(production)] as const
  const gone = {
    bundle: 'bundle/model.sig is missing',
    'bundle/lineage.json': 'bundle/lineage.json is missing',
    decisions: 'a decision that',
    'decisions/01.pem': 'decisions/01.pem is missing',
    audit: 'no event says how the version came here',
    [taken.replace('.entry.json', '')]: 'no event says which events there are',
    // The oldest and the newest of the others, as a whole.
    [events.at(0)!]: `${events.at(0)}.entry.json is missing`,
    [events.at(-1)!]: `${events.at(-1)}.entry.json is missing`,
    [completed.replace('.entry.json', '.proof')]: `${completed.replace('.entry.json', '.proof')} is missing`,
  }
  for (const [path, said] of Object.entries(gone)) {
    const { dir, check } = await unpack('complete.zip', 'complete')
    // Without an ending it is an event: what was hashed and its proof.
    const isEvent = /^audit\/\d+$/.test(path)
    for (const each of isEvent ? [`${path}.entry.json`, `${path}.proof`] : [path])
      await rm(join(dir, each), { recursive: true })
    expect(await check(...keys), path).toEqual({ passed: false, said: expect.stringContaining(`FAILED: ${said}`) })
  }
  const { check } = await unpack('complete.zip', 'complete')
  expect(await check(...keys, await keyFile(dev))).toMatchObject({ passed: true })
  expect(await check('nothing.pem', keys[1])).toMatchObject({
    said: expect.stringContaining('nothing.pem is no public key'),
  })
})

test('a script of the page for auditors compares evidence with the whole log', { timeout: 120_000 }, async ({
  skip,
}) => {
  const python = (...args: string[]) => promisify(execFile)('python3', args, { cwd: project.dir })
  await python('--version').catch(() => skip('there is no python3 here'))
  const { files } = await jsonOf<{ files: string[] }>(airlock, ...ofVersion, 'whole.zip')
  const { dir } = await unpack('whole.zip', 'whole')
  const taken = await fileWith('whole', files, '"type":"evidence.taken"')
  await airlock('audit', 'export', '-o', 'audit.jsonl', ...ofProduction)
  expect(await jsonOf(airlock, 'audit', 'verify', 'audit.jsonl', ...ofProduction)).toMatchObject({
    evidence: { taken: 1, checked: true },
  })
  const page = await readFile(join(import.meta.dirname, '../../docs/verify-us.md'), 'utf8')
  const script = blocksOf(page).find(({ language }) => language === 'python')!.text
  await writeFile(join(project.dir, 'check.py'), script)
  const { stdout } = await python('check.py', 'audit.jsonl', join(dir, taken))
  expect(stdout).toContain('as signed')
  expect(stdout).not.toContain('NOT')
  expect(stdout).toContain('evidence is complete')
  const event = JSON.parse(await readFile(join(dir, taken), 'utf8')) as { after: { sequences: number[] } }
  const left = event.after.sequences.pop()
  await writeFile(join(dir, 'less.json'), JSON.stringify(event))
  const less = await python('check.py', 'audit.jsonl', join(dir, 'less.json'))
  expect(less.stdout).toMatch(new RegExp(`evidence is NOT complete: .*${left}`))
})

/** The first of the unpacked files with a text in it. */
const fileWith = async (folder: string, files: readonly string[], text: string): Promise<string> => {
  const { dir } = await unpack(`${folder}.zip`, folder)
  for (const file of files) if ((await readFile(join(dir, file), 'utf8')).includes(text)) return file
  throw new Error(`No file holds ${text}`)
}

test('a byte changed in the evidence fails its check, and names the file', { timeout: 120_000 }, async () => {
  const { files } = await jsonOf<{ files: string[] }>(airlock, ...ofVersion, 'genuine.zip')
  const { dir, check } = await unpack('genuine.zip', 'tampered')
  const keys = [await keyFile(dev), await keyFile(production)] as const
  const entry = files.find((path) => path.endsWith('.entry.json'))!
  for (const path of ['bundle/manifest.json', 'bundle/lineage.json', 'bundle/model.sig', 'decisions/01.json', entry]) {
    const genuine = await readFile(join(dir, path))
    const changed = Buffer.from(genuine)
    const at = changed.length - 40
    changed[at] = changed[at] === 0x41 ? 0x42 : 0x41
    await writeFile(join(dir, path), changed)
    expect(await check(...keys), path).toMatchObject({ passed: false, said: expect.stringContaining(path) })
    await writeFile(join(dir, path), genuine)
  }
})

test('a decision that somebody signed with a key of their own making fails the check', {
  timeout: 120_000,
}, async () => {
  await jsonOf(airlock, ...ofVersion, 'forged.zip')
  const { dir, check } = await unpack('forged.zip', 'forged')
  const keys = [await keyFile(dev), await keyFile(production)] as const
  const signer = fileSigner(createSigningKey())
  const statement = await readFile(join(dir, 'decisions/01.json'))
  await writeFile(join(dir, 'decisions/01.pem'), signer.publicKey)
  await writeFile(join(dir, 'decisions/01.sig'), Buffer.from(await signer.sign(statement)).toString('base64'))
  const { passed, said } = await check(...keys)
  expect(passed).toBe(false)
  expect(said).toContain('no event registers the key decisions/01.pem')
})

test('evidence of a version that is not there, or by someone who may not read the log, is refused', async () => {
  const evidence = ['evidence', model, ...ofProduction, '-o', 'none.zip', '--model-version']
  expect((await airlock(...evidence, '9')).stderr).toContain('trace_ref_not_found')
  await airlock('user', 'create', 'vera', '--role', 'viewer', ...ofProduction)
  await airlock('api-key', 'create', 'vera', '--store', ...ofProduction)
  expect((await airlock(...evidence, '1', '--as', 'vera')).stderr).toContain('forbidden')
  await expect(readFile(join(project.dir, 'none.zip'))).rejects.toThrow('ENOENT')
})
