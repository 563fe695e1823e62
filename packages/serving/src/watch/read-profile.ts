import type { ReferenceProfile } from '@airlock-ml/tabular'
import { z } from 'zod'

const count = z.number().nonnegative()
const name = z.string().max(500)

const NumberReference = z
  .object({
    name,
    missing: count,
    min: z.number().nullable(),
    max: z.number().nullable(),
    mean: z.number().nullable(),
    standardDeviation: z.number().nonnegative().nullable(),
    edges: z.array(z.number()).max(255),
    counts: z.array(count).max(256),
    sums: z.array(z.number()).max(256),
  })
  .refine(
    ({ edges, counts, sums }) => counts.length === edges.length + 1 && sums.length === counts.length,
    'must have one bin more than edges',
  )
  .refine(({ edges }) => edges.every((edge, i) => i === 0 || edges[i - 1]! < edge), 'edges must ascend')

const Profile = z.object({
  formatVersion: z.literal(1),
  rows: count,
  features: z.array(NumberReference).max(5_000),
  labels: z.array(z.object({ label: name, rows: count })).max(1_000),
  probabilities: z.array(NumberReference).max(1_000),
})

/** Reads a profile as training writes it. Throws, with what is wrong, for anything else. */
export function readProfile(bytes: Uint8Array): ReferenceProfile {
  const read = Profile.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new TypeError(`The profile is not one: ${issue?.path.join('.') ?? ''} ${issue?.message}`)
}
