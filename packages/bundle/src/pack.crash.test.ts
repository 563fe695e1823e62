import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openObjectStore } from '@airlock-ml/stack'
import { expect, onTestFinished, test } from 'vitest'
import { bundlePrefixOf } from './bundle-uri.ts'
import { fetchBundle } from './fetch.ts'
import type { PackedBundle } from './pack.ts'
import { trustedSigner } from './sample-bundle.test-data.ts'
import { createSigningKey, fileSigner } from './signing.ts'

const program = fileURLToPath(new URL('./pack-once.test-data.ts', import.meta.url))

const packIn = (folder: string, crashAt?: string) =>
  spawnSync(
    process.execPath,
    ['--conditions=source', '--conditions=crash-test', program, join(folder, 'exchange'), join(folder, 'key.pem')],
    { env: { ...process.env, AIRLOCK_CRASH_AT: crashAt ?? '' }, encoding: 'utf8' },
  )

test.each([
  ['export:file-written', 2],
  ['export:file-written#5', 2],
  ['export:manifest-written', 2],
  ['export:signed', 1],
])('an export killed at %s ends well when it is run again', async (crashAt, attempt) => {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-crash-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const exchange = await openObjectStore(join(folder, 'exchange'), { create: true })
  const key = createSigningKey()
  await writeFile(join(folder, 'key.pem'), key)
  const trustedKeys = [trustedSigner(fileSigner(key))]

  expect(packIn(folder, crashAt)).toMatchObject({ signal: 'SIGKILL', stdout: '' })
  const { stdout, status, stderr } = packIn(folder)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const packed: PackedBundle = JSON.parse(stdout)
  expect(packed).toMatchObject({ reused: attempt === 1, uri: expect.stringMatching(new RegExp(`attempt-${attempt}$`)) })

  const fetching = (uri: string) =>
    fetchBundle({
      exchange,
      prefix: bundlePrefixOf(exchange.uri, uri),
      stagingDir: join(folder, 'staging'),
      trustedKeys,
    })
  expect((await fetching(packed.uri)).digest).toBe(packed.digest)
  if (attempt === 1) return
  const killed = packed.uri.replace(/\d+$/, '1')
  await expect(fetching(killed)).rejects.toMatchObject({ code: 'bundle_not_found' })
})
