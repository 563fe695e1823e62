"""The scikit-learn side of compare-learners.ts.

    python3 compare-learners.py data FOLDER   writes each data set as FOLDER/NAME.csv, its class as the column `label`
    python3 compare-learners.py fit FOLDER    reads FOLDER/folds.json, writes FOLDER/answers.json and the probabilities
"""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

DATA = {"breast_cancer": load_breast_cancer, "iris": load_iris, "wine": load_wine}

LEARNERS = {
    "random forest": lambda seed: [RandomForestClassifier(random_state=seed)],
    "random forest on components": lambda seed: [PCA(5), RandomForestClassifier(random_state=seed)],
    "gradient boosting": lambda seed: [HistGradientBoostingClassifier()],
    "logistic regression": lambda seed: [LogisticRegression(max_iter=10_000)],
}


def write_data(folder):
    for name, load in DATA.items():
        x, y = load(return_X_y=True)
        names = ",".join([f"x{i}" for i in range(x.shape[1])] + ["label"])
        np.savetxt(f"{folder}/{name}.csv", np.column_stack([x, y]), "%.17g", ",", header=names, comments="")


def fit(folder):
    with open(f"{folder}/folds.json") as file:
        folds = json.load(file)
    runs, seconds = [], {}
    for name, learners in folds["learners"].items():
        x, y = DATA[name](return_X_y=True)
        for learner in learners:
            for seed, tests in enumerate(folds["tests"][name]):
                answer = np.zeros((len(y), y.max() + 1))
                for test in tests:
                    train = np.setdiff1d(np.arange(len(y)), test)
                    model = make_pipeline(StandardScaler(), *LEARNERS[learner](seed))
                    started = time.process_time()
                    model.fit(x[train], y[train])
                    seconds[learner] = seconds.get(learner, 0) + time.process_time() - started
                    answer[test] = model.predict_proba(x[test])
                file = f"{len(runs)}.f32"
                answer.astype(np.float32).tofile(f"{folder}/{file}")
                runs.append({"data": name, "learner": learner, "seed": seed, "file": file})
    with open(f"{folder}/answers.json", "w") as file:
        json.dump({"version": sklearn.__version__, "runs": runs, "seconds": seconds}, file)


{"data": write_data, "fit": fit}[sys.argv[1]](sys.argv[2])
