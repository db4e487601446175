"""An Optuna grid on PostgreSQL whose trials do nothing: argv database, trials, threads. Prints when each was run, ms since 1970, as JSON."""
import json
import sys
import time
import warnings

import optuna

database, trials, threads = sys.argv[1].replace("postgres://", "postgresql://"), int(sys.argv[2]), int(sys.argv[3])
warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
times = []


def objective(trial):
    cell = trial.suggest_int("cell", 0, trials - 1)
    times.append(time.time() * 1000)
    return float(cell)


sampler = optuna.samplers.GridSampler({"cell": list(range(trials))}, seed=0)
study = optuna.create_study(storage=optuna.storages.RDBStorage(database), sampler=sampler)
study.optimize(objective, n_trials=trials, n_jobs=threads)
print(json.dumps(times))
