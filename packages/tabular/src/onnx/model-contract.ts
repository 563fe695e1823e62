/** The names that graphs of ours give their tensors and metadata; the runner looks for exactly these. */
export const modelContract = {
  input: 'features',
  label: 'label',
  probabilities: 'probabilities',
  featureNamesKey: 'airlock.feature_names',
  classLabelsKey: 'airlock.class_labels',
} as const
