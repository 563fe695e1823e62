import { pipeline, table } from '@airlock-ml/sdk'
import { z } from 'zod'
import { MODEL } from '../diagnosis.ts'
import { compareVersions } from '../steps/compare-versions.ts'

/**
 * Compares the newest version, or the one named, with who holds the stage. What comes of it is evidence: a gate may ask
 * for `comparison.verdict`. See docs/champion-challenger.md of Airlock for what so few rows can show.
 */
export default pipeline({
  name: 'champion-challenger',
  params: z.object({
    judged_by: z.enum(['accuracy', 'recall', 'specificity', 'roc_auc']).default('accuracy'),
    margin: z.number().default(0.05),
    min_rows: z.int().default(100),
    min_class_rows: z.int().default(20),
  }),
  compares: { model: MODEL, artifacts: { training_rows: table() } },
  build: ({ params, champion, challenger }) =>
    compareVersions({
      inputs: {
        champion: champion.model,
        challenger: challenger.model,
        champion_rows: champion.training_rows,
        challenger_rows: challenger.training_rows,
        hold_out: challenger.evaluation,
      },
      params: { ...params },
    }),
})
