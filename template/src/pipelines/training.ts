import { pipeline } from '@airlock-ml/sdk'
import { z } from 'zod'
import { recordEnvironment } from '../../governance/steps/record-environment.ts'
import { validateDataQuality } from '../../governance/steps/validate-data-quality.ts'
import { validateModelPerformance } from '../../governance/steps/validate-model-performance.ts'
import { DIAGNOSIS, FEATURES, LABELS, MODEL, TARGET } from '../diagnosis.ts'
import { balanceClasses } from '../steps/balance-classes.ts'
import { evaluateModel } from '../steps/evaluate-model.ts'
import { labelDiagnosis } from '../steps/label-diagnosis.ts'
import { loadData } from '../steps/load-data.ts'
import { profileHoldout } from '../steps/profile-holdout.ts'
import { reportTraining } from '../steps/report-training.ts'
import { splitData } from '../steps/split-data.ts'
import { trainModel } from '../steps/train-model.ts'

/** Trains a version of the model. Its values for each environment are in configs/. */
export default pipeline({
  name: 'training',
  params: z.object({
    data: z.string(),
    min_rows: z.int().default(100),
    holdout_seed: z.string().default(MODEL),
    test_share: z.number().default(0.2),
    smote: z.boolean().default(false),
    smote_below: z.number().default(0.4),
    algorithm: z.enum(['forest', 'boosted', 'logistic']).default('forest'),
    pca: z.boolean().default(false),
    pca_variance: z.number().default(0.95),
    trees: z.int().default(100),
    min_samples_leaf: z.int().default(1),
    seed: z.int().default(42),
    min_accuracy: z.number().default(0.9),
    min_recall: z.number().default(0.85),
    min_roc_auc: z.number().default(0.95),
  }),
  trains: { model: MODEL, evaluation: { target: DIAGNOSIS, positive: 'malignant' } },
  build: ({ params }) => {
    recordEnvironment({})
    const { table } = loadData({ params: { path: params.data } })
    const { checked } = validateDataQuality({
      inputs: { table },
      params: {
        features: [...FEATURES],
        target: TARGET,
        labels: Object.keys(LABELS),
        min_rows: params.min_rows,
      },
    })
    const { labelled } = labelDiagnosis({ inputs: { table: checked } })
    const { train, test, training_rows } = splitData({
      inputs: { table: labelled },
      params: { holdout_seed: params.holdout_seed, test_share: params.test_share },
    })
    const balancing = { least_share: params.smote_below, seed: params.seed }
    const rows = params.smote ? balanceClasses({ inputs: { train }, params: balancing }).balanced : train
    const { model, scaler } = trainModel({
      inputs: { train: rows },
      params: {
        algorithm: params.algorithm,
        trees: params.trees,
        min_samples_leaf: params.min_samples_leaf,
        pca: params.pca,
        pca_variance: params.pca_variance,
        seed: params.seed,
      },
    })
    const { metrics } = evaluateModel({ inputs: { model, test } })
    validateModelPerformance({
      inputs: { metrics },
      params: {
        min_accuracy: params.min_accuracy,
        min_recall: params.min_recall,
        min_roc_auc: params.min_roc_auc,
      },
    })
    const { report } = reportTraining({ inputs: { model, train, test }, params: { seed: params.seed } })
    const { profile } = profileHoldout({ inputs: { model, test } })
    return { model, evaluation: test, metrics, scaler, training_rows, report, profile }
  },
})
