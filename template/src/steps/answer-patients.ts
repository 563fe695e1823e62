import { json, step, table } from '@airlock-ml/sdk'
import { z } from 'zod'
import { DIAGNOSES, type Diagnosis } from '../diagnosis.ts'

/** How urgent a diagnosis is, by the probability that it is malignant. */
const RiskLevel = z.enum(['low', 'medium', 'high'])
export type RiskLevel = z.infer<typeof RiskLevel>

/** What an application is told of one patient; the service adds which prediction and which version it is. */
const Answer = z.object({
  label: z.enum(DIAGNOSES),
  riskLevel: RiskLevel,
  probabilities: z.record(z.enum(DIAGNOSES), z.number().min(0).max(1)),
})

/** From these probabilities of malignant on. They are for triage by a doctor, and no diagnosis. */
const MEDIUM_FROM = 0.3
const HIGH_FROM = 0.7

export const riskLevel = (malignant: number): RiskLevel =>
  malignant >= HIGH_FROM ? 'high' : malignant >= MEDIUM_FROM ? 'medium' : 'low'

/** One answer for each row of the predictions. */
export const answerPatients = step({
  name: 'answer_patients',
  inputs: { predictions: table() },
  outputs: { answers: json(z.array(Answer)) },
  run: ({ inputs: { predictions } }) => {
    const labels = predictions.column('label').values as readonly Diagnosis[]
    const [benign, malignant] = DIAGNOSES.map(
      (name) => predictions.column(`probability_${name}`).values as Float32Array,
    )
    return {
      answers: labels.map((label, row) => ({
        label,
        riskLevel: riskLevel(malignant![row]!),
        probabilities: { benign: benign![row]!, malignant: malignant![row]! },
      })),
    }
  },
})
