import { pipeline, table } from '@airlock-ml/sdk'
import liveQuality from '../../governance/comparisons/live-quality.ts'
import { MODEL } from '../diagnosis.ts'
import { compareVersions } from '../steps/compare-versions.ts'

/**
 * Compares the newest version, or the one named, with who holds the stage, as `governance/comparisons/live-quality.ts`
 * says. What comes of it is evidence: a gate may ask for `comparison.verdict`.
 */
export default pipeline({
  name: 'champion-challenger',
  compares: { model: MODEL, artifacts: { training_rows: table() } },
  build: ({ champion, challenger }) =>
    compareVersions({
      inputs: {
        champion: champion.model,
        challenger: challenger.model,
        champion_rows: champion.training_rows,
        challenger_rows: challenger.training_rows,
        hold_out: challenger.evaluation,
      },
      params: { definition: liveQuality },
    }),
})
