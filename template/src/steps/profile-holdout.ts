import { json, model, step, table } from '@airlock-ml/sdk'
import { loadOnnx, type ReferenceProfile, referenceProfile } from '@airlock-ml/tabular'

/**
 * How the held-out rows lie, and what the model says about them. The profile travels with the model: services and batch
 * runs hold what they meet against it.
 */
export const profileHoldout = step({
  name: 'profile_holdout',
  inputs: { model: model(), test: table() },
  outputs: { profile: json<ReferenceProfile>() },
  run: async ({ inputs, context }) => {
    const loaded = await loadOnnx(inputs.model)
    try {
      const { featureNames: features, classLabels } = loaded
      const said = await loaded.predictTable(inputs.test)
      const profile = referenceProfile(inputs.test, said, { features, classLabels })
      const counts = profile.labels.map(({ label, rows }) => `${label} ${rows}`)
      context.log.info(`of ${profile.rows} rows it says ${counts.join(', ')}`)
      return { profile }
    } finally {
      await loaded.close()
    }
  },
})
