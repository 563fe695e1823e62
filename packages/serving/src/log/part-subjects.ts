import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import type { LoggedBatch } from './segment-format.ts'

/** Whom rows of a part are about: its HMAC, the key that those rows are encrypted under, and the time of the first. */
export type Subject = { digest: string; key: Buffer; firstAtMs: number }

/** The subjects of a part, as its rows name them. */
export type Subjects = {
  /** Whom a row is about; null for nobody. */
  of: (batch: LoggedBatch, place: number) => Subject | null
  keys: () => { subject: string; key: string; firstAt: string }[]
}

export function openSubjects(inputsKey: Uint8Array): Subjects {
  const subjects = new Map<string, Subject>()
  return {
    of: ({ subjects: names, receivedAtMs }, place) => {
      const name = names[place]!
      if (name === null) return null
      const found = subjects.get(name) ?? {
        digest: createHmac('sha256', inputsKey).update(name).digest('hex'),
        key: randomBytes(32),
        firstAtMs: receivedAtMs[place]!,
      }
      found.firstAtMs = Math.min(found.firstAtMs, receivedAtMs[place]!)
      subjects.set(name, found)
      return found
    },
    keys: () =>
      [...subjects.values()].map(({ digest, key, firstAtMs }) => ({
        subject: digest,
        key: key.toString('base64'),
        firstAt: new Date(firstAtMs).toISOString(),
      })),
  }
}

/** What is about a subject, as AES-256-GCM over JSON: nonce, ciphertext and tag. The prediction's id is bound in. */
export function sealed(batch: LoggedBatch, place: number, key: Uint8Array): string {
  const { featureNames, classLabels } = batch.definition
  const named = (names: readonly string[], values: Float32Array) =>
    Object.fromEntries(names.map((name, at) => [name, values[place * names.length + at]]))
  const said = {
    key: batch.keys[place],
    inputs: batch.inputs === 'recorded' ? named(featureNames, batch.features) : null,
    inputsHmac: hmacOf(batch, place),
    label: batch.labels[place],
    probabilities: named(classLabels, batch.probabilities),
  }
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(batch.ids[place]!))
  return Buffer.concat([nonce, cipher.update(JSON.stringify(said)), cipher.final(), cipher.getAuthTag()]).toString(
    'base64',
  )
}

/** The HMAC of the inputs of a row in hex; null unless they are `hashed`. */
export const hmacOf = ({ inputs, hmacs }: LoggedBatch, place: number): string | null =>
  inputs === 'hashed' ? Buffer.from(hmacs.subarray(place * 32, (place + 1) * 32)).toString('hex') : null
