import { z } from 'zod'
import { Json } from './names.ts'

/**
 * How far a fact can be believed. `recomputed`: this workspace worked it out itself. `witnessed`: reported by an
 * executor whose identity an author cannot hold. `asserted`: anything else, a laptop run too.
 */
export const Grade = z
  .enum(['asserted', 'witnessed', 'recomputed'])
  .meta({ id: 'Grade', description: 'How far a fact can be believed, least first.' })
export type Grade = z.infer<typeof Grade>

/** Whether `grade` is at least `least`. */
export const reachesGrade = (grade: Grade, least: Grade): boolean =>
  Grade.options.indexOf(grade) >= Grade.options.indexOf(least)

/** What a policy's gates may ask about; each is a variable of theirs. */
export const evidenceFields = [
  'metrics',
  'intervals',
  'run',
  'data',
  'comparison',
  'monitoring',
  'batch_inference',
  'hooks',
  'git',
  'bundle',
  'source',
  'history',
] as const
export type EvidenceField = (typeof evidenceFields)[number]

const graded = z.strictObject({ grade: Grade, value: z.record(z.string(), Json) })

/** Facts about a model version, each with its grade. A field that is absent fails every gate that names it. */
export const Evidence = z
  .partialRecord(z.enum(evidenceFields), graded)
  .meta({ id: 'Evidence', description: 'Facts about a model version, each with its grade.' })
export type Evidence = z.infer<typeof Evidence>
