import { access, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSigningKey, fileSigner } from '@airlock-ml/bundle'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountOf, faultsOf } from './account.ts'
import { dev, type FaultyProject, faultyProject, model, must, production } from './faulty-project.ts'
import { type Attack, flipped, forged, onFile, spoiled } from './forge.ts'
import { makeWorkspaces, trainAndStage } from './prepare.ts'

let project: FaultyProject
let bundle: string
beforeAll(async () => {
  project = await faultyProject()
  await makeWorkspaces(project)
  await trainAndStage(project, 3)
  const exporting = ['promote', '--model', model, '--source-workspace', dev, '--export-only']
  bundle = (await must(project, exporting)).trim()
}, 120_000)
afterAll(() => project.remove())

const evaluation = 'artifacts/evaluation.parquet'
const stranger = fileSigner(createSigningKey())
const attacks: [string, { attack: Attack; code: string; names: RegExp }][] = [
  [
    'a flipped byte in the evaluation table',
    { attack: spoiled(onFile(evaluation, flipped)), code: 'bundle_invalid', names: /evaluation\.parquet/ },
  ],
  [
    'a flipped byte in the manifest',
    { attack: spoiled(onFile('manifest.json', flipped)), code: 'bundle_invalid', names: /manifest\.json/ },
  ],
  [
    'a flipped byte in the signature',
    {
      attack: spoiled(onFile('model.sig', flipped)),
      code: 'bundle_(invalid|untrusted)',
      names: /signature|model\.sig/,
    },
  ],
  [
    'a truncated model',
    {
      attack: spoiled((folder) => truncate(join(folder, 'artifacts/model.onnx'), 100)),
      code: 'bundle_invalid',
      names: /model\.onnx/,
    },
  ],
  [
    'an extra file',
    {
      attack: spoiled((folder) => writeFile(join(folder, 'artifacts/extra.json'), '{}')),
      code: 'bundle_invalid',
      names: /extra\.json/,
    },
  ],
  [
    'a missing file',
    { attack: spoiled((folder) => rm(join(folder, evaluation))), code: 'bundle_invalid', names: /evaluation\.parquet/ },
  ],
  [
    'no signature',
    {
      attack: spoiled((folder) => rm(join(folder, 'model.sig'))),
      code: 'bundle_(invalid|not_found)',
      names: /model\.sig/,
    },
  ],
  [
    'a manifest that names ../../etc/passwd, signed by the source itself',
    {
      attack: forged({
        manifest: ({ files, ...rest }) => ({
          ...rest,
          files: files.map((file, index) => (index === 0 ? { ...file, path: '../../etc/passwd' } : file)),
        }),
      }),
      code: 'bundle_invalid',
      names: /"\.\.\/\.\.\/etc\/passwd"/,
    },
  ],
  [
    'a newer manifest version',
    {
      attack: forged({ manifest: (manifest) => ({ ...manifest, formatVersion: 2 }) }),
      code: 'bundle_too_new',
      names: /has version 2/,
    },
  ],
  [
    'another model than was asked for',
    {
      attack: forged({ manifest: ({ source, ...rest }) => ({ ...rest, source: { ...source, model: 'other' } }) }),
      code: 'bundle_other_model',
      names: /other/,
    },
  ],
  [
    'a signature by an unknown key',
    {
      attack: forged({ signer: stranger }),
      code: 'bundle_untrusted',
      names: new RegExp(stranger.keyHint.slice(0, 12)),
    },
  ],
]

test.each(attacks)('%s is refused, with why and what to do, on the record', async (_, { attack, code, names }) => {
  const attempt = attacks.findIndex(([, each]) => each.attack === attack) + 11
  const uri = await attack({ dir: project.dir, bundle, attempt })
  const importing = ['promote', '--model', model, '--dest-workspace', production, '--import-from', uri]
  const ended = await project.airlock(importing)
  expect(ended, ended.stderr).toMatchObject({ code: 1, signal: null })
  expect(ended.stdout).toMatch(new RegExp(`refused .*\\(${code}\\)`, 's'))
  expect(ended.stdout).toMatch(names)
  expect(ended.stdout).toMatch(/^do +\S.*\w/m)
  expect(ended.stdout + ended.stderr).not.toMatch(/\n {4}at /)

  const account = await accountOf(project.dir, production)
  const promotion = account.promotions.find((each) => each.bundle.uri === uri)
  expect(promotion).toMatchObject({ state: 'refused', refusal: { remedy: expect.any(String) } })
  const event = account.events.find(({ type, subject }) => type === 'promotion.refused' && subject.id === promotion?.id)
  expect(event).toMatchObject({ outcome: 'refused', reason: promotion?.refusal?.message })
})

test('afterwards production is as empty and as sound as before, and takes the true bundle', async () => {
  const before = await accountOf(project.dir, production)
  expect(faultsOf(before)).toEqual([])
  expect(before).toMatchObject({ versions: [], history: [], runs: [], check: { findings: [] } })
  await expect(access(join(project.dir, '.airlock', 'etc'))).rejects.toThrow('ENOENT')
  const importing = ['promote', '--model', model, '--dest-workspace', production, '--import-from', bundle]
  await must(project, importing, 3)
})
