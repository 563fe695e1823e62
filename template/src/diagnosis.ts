/** The model that this project trains and uses. */
export const MODEL = 'breast_cancer_classifier'

/** The column of the data set that holds the label, as a number. */
export const TARGET = 'target'

/** What the numbers mean. In this data 1 is benign; nothing after the label step sees a number any more. */
export const LABELS: Readonly<Record<string, Diagnosis>> = { 0: 'malignant', 1: 'benign' }

/** The column of the label in words. */
export const DIAGNOSIS = 'diagnosis'

/** The classes, in the order in which the model is trained on them. */
export const DIAGNOSES = ['benign', 'malignant'] as const
export type Diagnosis = (typeof DIAGNOSES)[number]

const measures = [
  ...['radius', 'texture', 'perimeter', 'area', 'smoothness', 'compactness'],
  ...['concavity', 'concave_points', 'symmetry', 'fractal_dimension'],
]

/** The 30 measurements: mean, standard error and worst value of each measure, in the order of the data set. */
export const FEATURES: readonly string[] = [
  ...measures.map((measure) => `mean_${measure}`),
  ...measures.map((measure) => `${measure}_error`),
  ...measures.map((measure) => `worst_${measure}`),
]
