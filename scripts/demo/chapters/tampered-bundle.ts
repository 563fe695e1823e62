import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Chapter } from '../demo.ts'
import { MODEL, PRODUCTION } from '../names.ts'
import { holderOf, newestPromotion } from '../state.ts'

export const tamperedBundle: Chapter = {
  title: 'A tampered bundle is refused',
  run: async (demo) => {
    const { say, airlock } = demo
    const before = await holderOf(demo, PRODUCTION, 'production')
    const { bundle } = await newestPromotion(demo)
    const forged = forge(fileURLToPath(bundle.uri))
    say(`Somebody who can write to the exchange copies a signed bundle, flips one bit of its model, and asks for the copy.
The signature is still good. The digest of the model is not.`)
    const again = `promote --model ${MODEL} --dest-workspace ${PRODUCTION} --as ci --import-from`
    await airlock(`${again} ${pathToFileURL(forged).href}`, { exitCode: 1 })
    const refused = await newestPromotion(demo)
    assert.deepEqual([refused.state, refused.refusal?.code], ['refused', 'bundle_invalid'])

    say('The bundle itself is whole, but production rolled that version back: it stays out until released by name.')
    await airlock(`${again} ${bundle.uri}`, { exitCode: 1 })
    assert.equal((await newestPromotion(demo)).refusal?.code, 'version_rolled_back')
    assert.equal((await holderOf(demo, PRODUCTION, 'production')).id, before.id)
  },
}

/** Copies an attempt beside itself under the next number, with one bit of the model flipped. */
function forge(attempt: string): string {
  const bundle = dirname(attempt)
  const forged = join(bundle, `attempt-${readdirSync(bundle).length + 1}`)
  cpSync(attempt, forged, { recursive: true })
  const file = join(forged, 'artifacts', 'model.onnx')
  const bytes = readFileSync(file)
  bytes[Math.floor(bytes.length / 2)]! ^= 1
  writeFileSync(file, bytes)
  return forged
}
