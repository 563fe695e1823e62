import { defineComparison } from '@airlock-ml/sdk'
import { MODEL } from '../../src/diagnosis.ts'

/**
 * When a version is as good as the one it would replace. The pipeline `champion-challenger` and a challenger beside the
 * version in production are judged by it alike. See docs/champion-challenger.md of Airlock for what few rows can show.
 */
export default defineComparison({
  name: 'live-quality',
  model: MODEL,
  positive: 'malignant',
  metrics: ['accuracy', 'recall', 'specificity', 'roc_auc'],
  judgedBy: 'accuracy',
  margins: { accuracy: 0.05 },
  slices: [
    { name: 'small-masses', feature: 'mean_radius', below: 15 },
    { name: 'large-masses', feature: 'mean_radius', atLeast: 15 },
  ],
  minimumSample: { rows: 100, ofEachClass: 20 },
  confidence: 0.95,
})
