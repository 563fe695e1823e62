/** The names that the chapters share; they are those of the template. */
export const DEV = 'enterprise-dev-staging'
export const PRODUCTION = 'enterprise-production'
export const MODEL = 'breast_cancer_classifier'
export const PREDICTIONS = 'data/out/production/predictions'
export const SERVICE = 'cancer-api'
export const TRIAL = 'cancer-trial'
