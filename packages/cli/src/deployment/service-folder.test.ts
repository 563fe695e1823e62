import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findService, isServiceHere, keptInvokeKey, readService, serviceFiles } from './service-folder.ts'

test('a service whose file was damaged is here and can be taken over; what is said of it quotes no secret', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'airlock-service-folder-'))
  expect(await findService(dir)).toBeNull()
  expect(isServiceHere(dir)).toBe(false)
  await writeFile(serviceFiles(dir).service, '{"secret": alk_0123456789')
  expect(isServiceHere(dir)).toBe(true)
  expect(await keptInvokeKey(dir)).toBeNull()
  const error: unknown = await readService(dir, 'cancer-api').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'deployment_not_here',
    message: expect.stringContaining('damaged'),
    cause: { code: 'cli_file_invalid', message: expect.not.stringContaining('alk_') },
  })
  await rm(dir, { recursive: true })
})
